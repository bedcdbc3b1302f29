import { join } from "node:path";

/** The folder of the checkout. */
export const workspaceFolder = join(import.meta.dirname, "../../..");

/** The Go sources, one package a folder. */
export const goSources = join(import.meta.dirname, "../go");

/** What is fetched and compiled, for the next run; `npm ci` clears it away. */
export const cacheFolder = join(workspaceFolder, "node_modules/.cache/banyan-interop");
