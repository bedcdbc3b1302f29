import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const killed: Fault = {
  name: "killed",
  title: "kill -9 and restart",
  promise: "etcd killed and restarted: who came and who went meanwhile is known as soon as it is back",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    await stage.outage(async () => {
      await stage.world.kill("SIGKILL");
      await oneComesOneGoes(stage.fleet);
      await stage.pause(2.5);
      await stage.world.restart();
    });
    await stage.recovered();
    await stage.settled();
  },
};
