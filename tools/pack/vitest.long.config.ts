import { projectTests } from "../../vitest.base.ts";

/** All libraries are packed first; then two projects at a time are installed, compiled and run. */
export default projectTests({
  include: ["src/**/*.long.ts"],
  outputFile: { json: ".report/vitest-long.json" },
  maxConcurrency: 2,
  testTimeout: 60_000,
  hookTimeout: 300_000,
});
