import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { dropPackets } from "../fleet/drop-packets.ts";

export const halfOpenBack: Fault = {
  name: "half-open-back",
  title: "half-open: nothing comes from etcd",
  promise: "packets from etcd dropped for longer than a TTL, those to it delivered: right again as soon as they flow",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    await dropPackets(stage, "back", "resume");
    await stage.recovered();
    await stage.settled();
  },
};
