import { projectTests } from "../../vitest.base.ts";

/**
 * The first run fetches Go, Python and their libraries, and compiles etcd's client; one file at a time, as two of them
 * compile in one folder. Each wait has a bound of its own.
 */
export default projectTests({
  include: ["src/**/*.long.ts"],
  outputFile: { json: ".report/vitest-long.json" },
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 900_000,
});
