import { projectTests } from "../../vitest.base.ts";

export default projectTests({ testTimeout: 180_000, hookTimeout: 180_000 });
