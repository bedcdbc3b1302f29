import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const leaderKilled: Fault = {
  name: "leader-killed",
  title: "leader killed",
  promise: "the leader of three killed: everybody is known to everybody as soon as there is another one",
  world: "cluster",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    const leader = await world.leader();
    await stage.outage(async () => {
      await leader.kill();
      await oneComesOneGoes(fleet);
    });
    await stage.recovered();
    await leader.restart();
    stage.done("the killed one is back");
    await stage.recovered();
    await stage.settled();
  },
};
