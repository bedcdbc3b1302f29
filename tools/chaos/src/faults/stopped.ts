import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { ttlSeconds } from "../fleet/fleet.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const stopped: Fault = {
  name: "stopped",
  title: "stopped for 3 × TTL",
  promise: "etcd stopped for three TTLs: every lease is lost, and everybody is announced again",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    await stage.outage(async () => {
      await stage.world.stop();
      await oneComesOneGoes(stage.fleet);
      await stage.pause(3 * ttlSeconds);
      await stage.world.restart();
    });
    await stage.recovered();
    await stage.settled();
  },
};
