import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { dropPackets } from "../fleet/drop-packets.ts";

export const halfOpenThere: Fault = {
  name: "half-open-there",
  title: "half-open: nothing reaches etcd",
  promise: "packets to etcd dropped for longer than a TTL, those from it delivered: right again as soon as they flow",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    await dropPackets(stage, "there", "resume");
    await stage.recovered();
    await stage.settled();
  },
};
