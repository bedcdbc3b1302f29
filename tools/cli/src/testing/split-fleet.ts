import { setTimeout as sleep } from "node:timers/promises";
import { openRegistry } from "@banyan/registry";
import { createTrafficStore, publishReports, splitTransport, watchTraffic, type TrafficStore } from "@banyan/strangler";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";

/** What is wrong with the candidate, as a part of its answers in [0, 1], or as milliseconds. */
export interface Fault {
  wrongName: number;
  errors: number;
  slowMs: number;
}

export interface SplitFleet extends AsyncDisposable {
  readonly store: TrafficStore;
  readonly candidate: Fault;
  /** What callers got that was no answer, and what was a wrong one. */
  readonly harmed: { failed: number; wrong: number };
  /** The calls that were answered. */
  readonly answered: number;
}

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };
const everyMs = 20;
const callsAtOnce = 8;

/** Two processes, played by this one, that split the user service between two sides in memory, under constant load. */
export async function openSplitFleet(endpoint: string): Promise<SplitFleet> {
  await using opening = new AsyncDisposableStack();
  const candidate: Fault = { wrongName: 0, errors: 0, slowMs: 0 };
  const harmed = { failed: 0, wrong: 0 };
  const ending = new AbortController();
  const legacySide = createRouterTransport(({ service }) =>
    service(UserService, { getUser: ({ userId }) => ({ userId, name: "Ada" }) }),
  );
  const candidateSide = createRouterTransport(({ service }) =>
    service(UserService, {
      async getUser({ userId }) {
        if (candidate.slowMs > 0) await sleep(candidate.slowMs);
        if (Math.random() < candidate.errors) throw new ConnectError("broken", Code.Internal);
        return { userId, name: Math.random() < candidate.wrongName ? "Eve" : "Ada" };
      },
    }),
  );
  let answered = 0;
  const stores: TrafficStore[] = [];
  for (const instance of ["split-1", "split-2"]) {
    const config = { ETCD_ENDPOINTS: [endpoint], INSTANCE_ID: instance, BANYAN_ENV: "development" } as const;
    const registry = opening.use(openRegistry(config, { log: silent }));
    const rule = opening.use(watchTraffic(registry, "user", { log: silent }));
    const split = opening.use(splitTransport(legacySide, candidateSide, rule, { name: "user" }));
    const store = opening.use(createTrafficStore(registry.etcd));
    opening.use(publishReports(split, { store, instance, log: silent }));
    stores.push(store);
    const users = createClient(UserService, split);
    const call = async (): Promise<void> => {
      try {
        const { name } = await users.getUser({ userId: String(Math.random()) });
        answered += 1;
        if (name !== "Ada") harmed.wrong += 1;
      } catch {
        harmed.failed += 1;
      }
    };
    const load = (async () => {
      while (!ending.signal.aborted) {
        await Promise.all([sleep(everyMs), ...Array.from({ length: callsAtOnce }, call)]);
      }
    })();
    opening.defer(() => load);
    await rule.ready;
  }
  opening.defer(() => ending.abort());
  const [store] = stores;
  if (store === undefined) throw new Error("a fleet has a split");
  const opened = opening.move();
  return {
    store,
    candidate,
    harmed,
    get answered() {
      return answered;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
