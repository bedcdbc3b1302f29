import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const memberCutOff: Fault = {
  name: "member-cut-off",
  title: "a member cut off from the quorum",
  promise: "the member that everybody is connected to loses the others: noticed within a TTL and 5 seconds",
  world: "cluster",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    const leader = await world.leader();
    const lost = world.members.findIndex((member) => member !== leader);
    const others = fleet.proxied.flatMap(({ route }) => route.proxies.filter((_, member) => member !== lost));
    for (const proxy of others) proxy.refuse();
    stage.done(`only ${world.members[lost]?.name} can be reached`);
    await stage.recovered();

    for (const proxy of others) proxy.heal();
    world.members[lost]?.cutOff();
    stage.done(`${world.members[lost]?.name} is cut off`);
    await oneComesOneGoes(fleet);
    await stage.noticed();
    await stage.settled();

    world.members[lost]?.rejoin();
    stage.done("it is with the others again");
    await stage.recovered();
    await stage.settled();
  },
};
