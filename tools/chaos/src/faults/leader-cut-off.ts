import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const leaderCutOff: Fault = {
  name: "leader-cut-off",
  title: "the leader cut off from the quorum",
  promise: "the leader loses the others, who elect a new one: noticed within a TTL and 5 seconds",
  world: "cluster",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    const leader = await world.leader();
    leader.cutOff();
    stage.done("the leader is cut off");
    await oneComesOneGoes(fleet);
    await stage.noticed();
    await stage.settled();

    leader.rejoin();
    stage.done("it is with the others again");
    await stage.recovered();
    await stage.settled();
  },
};
