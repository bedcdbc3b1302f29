import type { Registry } from "@banyan/registry";
import { balancedTransport, type ClientTls, type Engine } from "@banyan/rpc";
import { createTrafficStore, publishReports, splitTransport, watchTraffic } from "@banyan/strangler";
import type { Logger, Metrics } from "@banyan/telemetry";
import type { Transport } from "@connectrpc/connect";

export interface StranglingOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Whose instances of a service are preferred: `INSTANCE_ZONE`. */
  readonly zone: string | undefined;
  /** What calls the services: `RPC_TRANSPORT`. */
  readonly engine: Engine | undefined;
  /** Whom they are to be signed by: `TLS_CA_FILE`; undefined where they speak cleartext. */
  readonly tls: ClientTls | undefined;
  /** Where the last rules are kept: `REGISTRY_STATE_FOLDER`. */
  readonly stateFolder: string | undefined;
}

/** What is growing around the modules. Disposal closes every transport that it has made. */
export interface Strangling extends AsyncDisposable {
  /**
   * A transport that asks a module, or the service of that name in its place, as the rule under `/traffic/<name>` says;
   * without a rule it asks the module alone.
   *
   * @param name as in `user`, which the service's instances are listed by
   */
  around(name: string, module: Transport): Transport;
}

/** Opens what rules are followed with; once a second it publishes what came of each. */
export function openStrangling(
  registry: Registry,
  { log, metrics, zone, engine, tls, stateFolder }: StranglingOptions,
): Strangling {
  const opened = new AsyncDisposableStack();
  const store = opened.use(createTrafficStore(registry.etcd));
  return {
    around(name, module) {
      const calling = { name, config: registry.watchConfig(name), zone, engine, tls, log, metrics };
      const service = opened.use(balancedTransport(registry.watch(name), calling));
      const rule = opened.use(watchTraffic(registry, name, { log, stateFolder }));
      const split = opened.use(splitTransport(module, service, rule, { name, log, metrics }));
      opened.use(publishReports(split, { store, instance: registry.instanceId, log }));
      return split;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
