import { join } from "node:path";

/** The folder of the checkout. */
export const workspaceFolder = join(import.meta.dirname, "../../../..");

const benchFolder = join(workspaceFolder, "tools/bench");

/** The programs of servers and clients in Node. */
export const programsFolder = join(import.meta.dirname, "programs");

/** Frameworks with a lock file of their own, outside the workspace's. */
export const peersFolder = join(benchFolder, "peers");

/** The Go sources, one package a folder. */
export const goSources = join(benchFolder, "go");

/** Where results are kept unless a run says otherwise. */
export const resultsFolder = join(benchFolder, "results");

/** What is compiled, for the next run; `npm ci` clears it away. */
export const cacheFolder = join(workspaceFolder, "node_modules/.cache/banyan-bench");
