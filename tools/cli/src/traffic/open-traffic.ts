import { etcdEnvironment, openRegistry } from "@banyan/registry";
import { readEnvironment } from "@banyan/service";
import { createTrafficStore, type TrafficStore } from "@banyan/strangler";
import type { Terminal } from "../terminal.ts";

/** What commands about traffic share. Disposal closes the connection. */
export interface Traffic extends AsyncDisposable {
  readonly store: TrafficStore;
  readonly endpoints: readonly string[];
}

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/** Opens the store of rules, reports and histories; returns at once, and connects with the first question. */
export function openTraffic({ env }: Pick<Terminal, "env">): Traffic {
  const config = readEnvironment(etcdEnvironment, env);
  const opened = new AsyncDisposableStack();
  const registry = opened.use(openRegistry(config, { log: silent }));
  const store = opened.use(createTrafficStore(registry.etcd));
  return { store, endpoints: config.ETCD_ENDPOINTS, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
