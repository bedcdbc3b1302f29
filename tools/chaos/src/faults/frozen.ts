import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { ttlSeconds } from "../fleet/fleet.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const frozen: Fault = {
  name: "frozen",
  title: "SIGSTOP and SIGCONT",
  promise:
    "etcd frozen for longer than a TTL: it accepts connections and answers nobody, and all is well when it wakes",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    await stage.outage(async () => {
      await stage.world.kill("SIGSTOP");
      await oneComesOneGoes(stage.fleet);
      await stage.pause(ttlSeconds + 2.5);
      await stage.world.kill("SIGCONT");
    });
    await stage.recovered();
    await stage.settled();
  },
};
