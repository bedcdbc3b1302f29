import { projectTests } from "../../vitest.base.ts";

// Some tests run Nx and buf in a copy of the workspace: seconds on a machine at rest, more on a busy one.
export default projectTests({ testTimeout: 120_000, hookTimeout: 120_000 });
