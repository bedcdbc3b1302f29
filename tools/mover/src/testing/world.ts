import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startPostgres, type Postgres } from "@banyan/dev";
import { migrateDatabase } from "@banyan/postgres";
import type { Side, TrafficStore } from "@banyan/strangler";
import { openMemoryTrafficStore } from "@banyan/strangler/testing";
import { openSession, openSessions, type Session, type Sessions } from "../database/session.ts";
import { loadMapping } from "../mapping/load-mapping.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { move, type MoverState } from "../move/move.ts";
import { setUp } from "../setup/set-up.ts";

const apps = join(import.meta.dirname, "../../../../apps");

type Urls = Readonly<Record<Side, string>>;

/** The monolith's database and a service's own, both migrated, and what a mover needs; nothing is set up. */
export interface World extends AsyncDisposable {
  readonly mapping: Mapping;
  readonly store: TrafficStore;
  readonly postgres: Postgres;
  /** Of the mover's role. */
  readonly urls: Urls;
  /** Of whom each database belongs to: the monolith, the service. */
  readonly ownerUrls: Urls;
  readonly adminUrls: Urls;
  /** The mover's sessions, open from the setup on. */
  readonly sessions: Sessions;
  /** As the monolith writes, and as the service does. */
  readonly owners: Sessions;
  setUp(): Promise<void>;
  /** Runs a mover until it is disposed, which fails when the mover has. */
  startMover(onState?: (state: MoverState) => void): AsyncDisposable;
  session(side: Side): Promise<Session>;
}

export async function openWorld(
  service: "user" | "inventory" | "order",
  store: TrafficStore = openMemoryTrafficStore(),
): Promise<World> {
  await using opening = new AsyncDisposableStack();
  opening.use(store);
  const postgres = opening.use(await startPostgres());
  const ownerUrls = {
    legacy: await postgres.createDatabase("monolith"),
    candidate: await postgres.createDatabase(`${service}_service`),
  };
  const log = { info: () => undefined, warn: () => undefined };
  for (const [app, url] of [
    ["monolith", ownerUrls.legacy],
    [`${service}-service`, ownerUrls.candidate],
  ] as const) {
    const migrations = pathToFileURL(join(apps, app, "migrations/"));
    await migrateDatabase({ DATABASE_URL: url }, { log, migrations: new URL(`${migrations.href}/`) });
  }
  const as = (username: string, password: string): Urls => {
    const change = (text: string): string => {
      const url = new URL(text);
      [url.username, url.password] = [username, password];
      return url.href;
    };
    return { legacy: change(ownerUrls.legacy), candidate: change(ownerUrls.candidate) };
  };
  const [urls, adminUrls] = [as("mover", "a secret"), as("postgres", "")];
  const mapping = await loadMapping(join(apps, `monolith/strangling/${service}.yaml`));
  const owners = opening.use(await openSessions(ownerUrls));
  let sessions: Sessions | undefined;
  const opened = opening.move();
  return {
    mapping,
    store,
    postgres,
    urls,
    ownerUrls,
    adminUrls,
    owners,
    get sessions() {
      if (sessions === undefined) throw new Error("nothing is set up");
      return sessions;
    },
    async setUp() {
      await using admin = await openSessions(adminUrls);
      await setUp({ mapping, admin, urls, store });
      sessions ??= opened.use(await openSessions(urls));
    },
    startMover(onState) {
      const stopping = new AbortController();
      const moving = move({ mapping, urls, store, chunkRows: 50, ...(onState && { onState }) }, stopping.signal);
      moving.catch(() => undefined); // it is told by the disposal
      return {
        async [Symbol.asyncDispose]() {
          stopping.abort();
          await moving;
        },
      };
    },
    session: async (side) => opened.use(await openSession(side, ownerUrls[side])),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
