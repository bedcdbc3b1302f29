import type { RegistryLog } from "@banyan/registry";

/** Drops what is logged: the cost of writing lines is the application's. */
export const silentLog: RegistryLog = { info: () => undefined, warn: () => undefined, debug: () => undefined };
