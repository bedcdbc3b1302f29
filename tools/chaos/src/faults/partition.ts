import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { dropPackets } from "../fleet/drop-packets.ts";

export const partition: Fault = {
  name: "partition",
  title: "partition longer than the TTL",
  promise: "packets dropped both ways for longer than a TTL: both sides are right again as soon as they flow",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    for (const old of ["resume", "reset"] as const) {
      await dropPackets(stage, "both", old);
      await stage.recovered();
      await stage.settled();
    }
  },
};
