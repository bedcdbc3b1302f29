import { projectTests } from "../../vitest.base.ts";

/** All tests here are long: the first run fetches Go and compiles etcd's client. Each wait has a bound of its own. */
export default projectTests({
  outputFile: { json: ".report/vitest-long.json" },
  testTimeout: 60_000,
  hookTimeout: 900_000,
});
