import { describe, it } from "vitest";
import { parseWalkArguments } from "./strangling/whole/walk-arguments.ts";
import { stranglesWell } from "./testing/strangles-well.ts";

describe("user, inventory and order, taken out of the monolith under load, and order taken back", () => {
  it("no call fails, every entity is there at every moment, and both sides are equal in the end", ({ signal }) =>
    stranglesWell({ ...parseWalkArguments([]), signal }));

  it("and so it is when the movers, the ramps and the flips are killed with SIGKILL on the way", ({ signal }) =>
    stranglesWell({ ...parseWalkArguments(["--kill", "1"]), signal }));
});
