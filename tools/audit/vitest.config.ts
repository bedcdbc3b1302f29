import { projectTests } from "../../vitest.base.ts";

// A compiler reads each fixture together with the language's own library: a second or two on a busy machine.
export default projectTests({ testTimeout: 60_000 });
