import type { Way } from "../proxy/connection.ts";
import type { Stage } from "../stage.ts";
import type { World } from "../world/world.ts";
import { ttlSeconds, type Announcing } from "./fleet.ts";
import { oneComesOneGoes } from "./turnover.ts";

/**
 * Drops the packets of all who have a proxy for longer than their TTL, those of the others flow; meanwhile one joins
 * and one dies on this side of the cut.
 *
 * @param old what becomes of the connections that were open, as in `Proxy.heal`
 */
export async function dropPackets<W extends World>(
  stage: Stage<W>,
  ways: Way | "both",
  old: "resume" | "reset",
): Promise<void> {
  const cut = stage.fleet.proxied;
  const proxies = cut.flatMap(({ route }) => route.proxies);
  await stage.outage(async () => {
    for (const proxy of proxies) proxy.hold(ways);
    await oneComesOneGoes(stage.fleet);
    await stage.pause(ttlSeconds + 3);
    stage.violations.push(...deceived(stage.fleet.announcing.filter((instance) => cut.includes(instance))));
    for (const proxy of proxies) proxy.heal(old);
  }, cut);
}

/** Who takes a lease for alive that has run out, in words. */
function deceived(instances: readonly Announcing[]): string[] {
  return instances
    .filter((instance) => instance.ttlSeconds === ttlSeconds)
    .filter(({ announcement: { state } }) => state.tag === "live" || state.tag === "suspect")
    .map(({ name, announcement: { state } }) => `${name} calls itself ${state.tag} 3 s after its lease has run out`);
}
