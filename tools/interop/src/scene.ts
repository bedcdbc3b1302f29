import { setTimeout as sleep } from "node:timers/promises";
import { startEtcd, startPostgres } from "@banyan/dev";
import { z } from "zod";
import { startUserService, type UserService } from "./user-service.ts";

/** etcd without any instance, PostgreSQL, and processes of user-service; all of it ends with its disposal. */
export interface Scene extends AsyncDisposable {
  readonly etcdEndpoint: string;
  readonly etcdVersion: string;
  /** Starts user-service under this id, with these variables, and waits until etcd lists it. */
  startInstance(id: string, variables?: Readonly<Record<string, string>>): Promise<ListedService>;
}

export interface ListedService extends UserService {
  readonly key: string;
  /** What etcd holds under the key. */
  readonly value: string;
}

const listedMs = 10_000;
const pollMs = 25;

const rangeAnswer = z.object({ kvs: z.array(z.object({ value: z.string() })).default([]) });

export async function openScene(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const etcd = opening.use(await startEtcd());
  const postgres = opening.use(await startPostgres());
  const databaseUrl = await postgres.createDatabase("user_service");
  const services = opening.use(new AsyncDisposableStack());
  const opened = opening.move();

  return {
    etcdEndpoint: etcd.endpoint,
    etcdVersion: etcd.version,
    async startInstance(id, variables = {}) {
      const usual = { INSTANCE_ID: id, ETCD_ENDPOINTS: etcd.endpoint, DATABASE_URL: databaseUrl };
      const service = services.use(await startUserService({ ...usual, ...variables }));
      const key = `/services/user/${id}`;
      return { ...service, key, value: await untilListed(etcd.endpoint, key) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function untilListed(endpoint: string, key: string): Promise<string> {
  const body = JSON.stringify({ key: Buffer.from(key).toString("base64") });
  for (const deadline = performance.now() + listedMs; performance.now() < deadline; await sleep(pollMs)) {
    const response = await fetch(`${endpoint}/v3/kv/range`, { method: "POST", body });
    const value = rangeAnswer.parse(await response.json()).kvs[0]?.value;
    if (value !== undefined) return Buffer.from(value, "base64").toString();
  }
  throw new Error(`etcd does not list ${key} after ${listedMs / 1000} s`);
}
