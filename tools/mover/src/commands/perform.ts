import { hostname, userInfo } from "node:os";
import { openRegistry } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { createTrafficStore, type TrafficStore } from "@banyan/strangler";
import { readAdminUrls, readMoverConfig, type Environment } from "../config.ts";
import { openSessions } from "../database/session.ts";
import { readFences, sourceOf } from "../fence/fence.ts";
import { flip } from "../flip/flip.ts";
import { loadMapping } from "../mapping/load-mapping.ts";
import { move } from "../move/move.ts";
import { setUp, roleOf } from "../setup/set-up.ts";
import { tearDown } from "../setup/tear-down.ts";
import { verify } from "../verify/verify.ts";
import type { Arguments } from "./arguments.ts";
import { progressOn, type Screen } from "./progress.ts";
import { statusLines } from "./status.ts";

export interface Surroundings {
  readonly environment: Environment;
  readonly screen: Screen;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

/** Does what the arguments say. @throws {ExpectedError} when it cannot be done */
export async function perform(args: Arguments, surroundings: Surroundings): Promise<void> {
  const { environment, screen, signal } = surroundings;
  const mapping = await loadMapping(args.mapping);
  if (mapping.service !== args.service) {
    throw new ExpectedError(`${args.mapping} is the mapping of ${mapping.service}, not of ${args.service}`);
  }
  const { etcd, urls } = readMoverConfig(environment);
  const say = (line: string): unknown => screen.write(`${line}\n`);
  await using registry = openRegistry(etcd, { log: quiet(say) });
  await using store: TrafficStore = createTrafficStore(registry.etcd);

  switch (args.act) {
    case "setup": {
      await using admin = await openSessions(readAdminUrls(environment));
      await setUp({ mapping, admin, urls, store });
      say(`${args.service} is set up: the outbox records from now on; start the mover: run ${args.service}`);
      return;
    }
    case "teardown": {
      await using admin = await openSessions(readAdminUrls(environment));
      await tearDown({ mapping, admin, role: roleOf(urls.legacy) });
      say(`what was set up for ${args.service} is gone; the side without the writes goes on refusing them`);
      return;
    }
    case "run":
      await move({ mapping, urls, store, chunkRows: args.chunkRows, onState: progressOn(screen) }, signal);
      say(
        `${screen.isTTY === true ? "\n" : ""}ended; nothing is lost: the outbox waits, and run goes on where this has ended`,
      );
      return;
    case "status": {
      await using sessions = await openSessions(urls);
      for (const line of await statusLines(sessions, mapping, store)) say(line);
      return;
    }
    case "verify": {
      await using sessions = await openSessions(urls);
      const source = sourceOf(await readFences(sessions, mapping));
      const { compared, differences, moving, isCut } = await verify(sessions, { mapping, source, signal });
      for (const { entity, key, what } of differences) say(`${entity} ${key}: ${what}`);
      if (moving > 0) say(`${moving} entities changed whenever they were looked at`);
      if (differences.length === 0) return void say(`${compared} entities are the same on both sides`);
      throw new ExpectedError(
        `${isCut ? "at least " : ""}${differences.length} of ${compared} entities differ: if no mover runs, start one, and verify again`,
      );
    }
    case "flip": {
      await using sessions = await openSessions(urls);
      const to = args.back ? "legacy" : "candidate";
      const by = `${userInfo().username}@${hostname()} (mover)`;
      const { pauseSeconds } = args;
      const { tag, epoch, pausedMs } = await flip(
        { mapping, sessions, store, to, pauseSeconds, by, onStep: say },
        signal,
      );
      const how = tag === "was" ? "has the writes already" : `has the writes, which were held for ${pausedMs} ms`;
      say(`the ${to} ${how}; epoch ${epoch}`);
      return;
    }
    default:
      args.act satisfies never;
  }
}

/** What etcd's connection has to say: only what is wrong. */
function quiet(say: (line: string) => unknown) {
  return {
    info: () => undefined,
    debug: () => undefined,
    warn: (_fields: object, message: string) => void say(message),
  };
}
