import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

/** etcd forgets a token that has not been used for so long, in seconds. */
const tokenTtlSeconds = 1;

export const tokenExpired: Fault = {
  name: "token-expired",
  title: "auth token expired",
  promise: "user and password, and tokens that die within a second: watches and announcements go on",
  world: "single",
  bounds: usualBounds,
  flags: { "auth-token": "simple", "auth-token-ttl": String(tokenTtlSeconds) },
  credentials: { username: "banyan", password: "a fig" },
  async strike(stage) {
    const { fleet, world } = stage;
    await stage.pause(3 * tokenTtlSeconds);
    await oneComesOneGoes(fleet);
    stage.done("every token has expired");
    await stage.recovered();
    await stage.settled();

    // Streams that were opened with a token are broken when it is no longer any good.
    for (const proxy of fleet.proxied.flatMap(({ route }) => route.proxies)) proxy.cut();
    stage.done("connections were reset");
    await stage.recovered();

    await stage.outage(async () => {
      await world.kill("SIGKILL");
      await oneComesOneGoes(fleet);
      await world.restart();
    });
    await stage.recovered();
    await stage.settled();
  },
};
