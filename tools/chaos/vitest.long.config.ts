import { projectTests } from "../../vitest.base.ts";

/** Every row, one after the other; each gives itself up by a bound of its own, the longest after half an hour. */
export default projectTests({
  include: ["src/**/*.long.ts"],
  outputFile: { json: ".report/vitest-long.json" },
  testTimeout: 2_000_000,
});
