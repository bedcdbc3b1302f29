import { projectTests } from "../../vitest.base.ts";

// a new PostgreSQL cluster is synced to the disk, which takes its time on a busy machine
export default projectTests({ testTimeout: 60_000 });
