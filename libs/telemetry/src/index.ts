export { currentCall, runCall, type CallContext } from "./call-context.ts";
export { previousAttemptsHeader, requestIdHeader } from "./call-headers.ts";
export { clientCalls, serverCalls } from "./call-log.ts";
export { createLogger, logEnvironment, type LogConfig, type Logger } from "./logger.ts";
