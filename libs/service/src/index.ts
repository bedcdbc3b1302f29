export { ConfigurationError, integer, oneOf, readEnvironment, secret } from "./environment.ts";
export { ExpectedError } from "./expected-error.ts";
export { repeat } from "./repeat.ts";
export { run } from "./run.ts";
export { terminationSignal } from "./termination-signal.ts";
