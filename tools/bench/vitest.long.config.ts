import { projectTests } from "../../vitest.base.ts";

/** Long ones; each gives itself up by a bound of its own. */
export default projectTests({ include: ["src/**/*.long.ts"], outputFile: { json: ".report/vitest-long.json" } });
