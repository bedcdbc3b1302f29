import { projectTests } from "../../vitest.base.ts";

/** Rows run side by side, each on an etcd of its own; every wait in them has a bound of its own. */
export default projectTests({ testTimeout: 120_000, maxConcurrency: 20 });
