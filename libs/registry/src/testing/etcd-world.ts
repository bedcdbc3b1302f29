import { startEtcd, type Etcd as EtcdProcess } from "@banyan/dev";
import type { AnnounceConfig, EtcdConfig } from "../environment.ts";
import { openRegistry, type Registry } from "../registry.ts";
import type { RegistryWorld } from "./contract.ts";
import { etcdGateway } from "./etcd-gateway.ts";
import { recordLog, type RecordedLog } from "./recorded-log.ts";

export interface EtcdWorld extends RegistryWorld {
  open(config?: Partial<EtcdConfig> & AnnounceConfig): Registry;
  /** The etcd that runs now. */
  readonly etcd: EtcdProcess;
  readonly gateway: ReturnType<typeof etcdGateway>;
  /** What the registries have logged. */
  readonly log: RecordedLog;
  /** Ends etcd and starts one without data at the same address. */
  wipe(): Promise<void>;
}

/** The world of a real etcd, started for it. */
export async function openEtcdWorld(): Promise<EtcdWorld> {
  let etcd = await startEtcd();
  const { endpoint } = etcd;
  const gateway = etcdGateway(endpoint);
  const log = recordLog();

  return {
    ...gateway,
    gateway,
    log,
    get etcd() {
      return etcd;
    },
    open: (config: Partial<EtcdConfig> & AnnounceConfig = {}) =>
      openRegistry({ ETCD_ENDPOINTS: [endpoint], BANYAN_ENV: "development", ...config }, { log }),
    stop: () => etcd.stop(),
    start: () => etcd.restart(),
    async wipe() {
      await etcd[Symbol.asyncDispose]();
      etcd = await startEtcd({ port: Number(new URL(endpoint).port) });
    },
    [Symbol.asyncDispose]: () => etcd[Symbol.asyncDispose](),
  };
}
