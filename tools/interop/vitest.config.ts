import { projectTests } from "../../vitest.base.ts";

/** What needs no fetch and is quick: the peers that npm brings, and curl where it is installed. */
export default projectTests({ hookTimeout: 120_000 });
