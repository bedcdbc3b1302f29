import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

export const compacted: Fault = {
  name: "compacted",
  title: "compaction while a watcher is away",
  promise: "a compaction while some were away: they miss nothing of what is no longer in the history",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    const away = fleet.watching.filter(({ route }) => route.proxies.length > 0);
    const proxies = away.flatMap(({ route }) => route.proxies);
    await stage.outage(async () => {
      for (const proxy of proxies) proxy.refuse();
      await oneComesOneGoes(fleet);
      await stage.pause(1);
      await world.operator.compact();
      for (const proxy of proxies) proxy.heal();
    }, away);
    await stage.recovered();
    await stage.settled();
  },
};
