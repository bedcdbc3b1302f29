import { projectTests } from "../../vitest.base.ts";

/** A test starts processes and waits for leases to run out; each of its waits has a bound of its own. */
export default projectTests({
  globalSetup: "src/platform/global-setup.ts",
  maxWorkers: 2,
  testTimeout: 60_000,
});
