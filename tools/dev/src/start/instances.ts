import { setTimeout as sleep } from "node:timers/promises";
import { textAt, valueAt } from "../json.ts";
import { SetupError, messageOf } from "../setup-error.ts";

/** One instance as etcd lists it. */
export interface ListedInstance {
  /** As `/services/user/instance-1`. */
  readonly key: string;
  /** `host:port`. */
  readonly address: string;
  /** How long etcd keeps the key if nobody renews its lease; undefined for a key without a lease. */
  readonly leaseSeconds?: number;
}

const prefix = "/services/";
const askMs = 3000;

/** Reads all instances from etcd, through the JSON gateway of its own. */
export async function listInstances(endpoint: string): Promise<ListedInstance[]> {
  const afterPrefix = "/services0"; // "0" is what follows "/"
  const range = { key: encode(prefix), range_end: encode(afterPrefix) };
  const entries = valueAt(await ask(endpoint, "kv/range", range), "kvs");
  if (!Array.isArray(entries)) return [];
  return Promise.all(
    entries.map(async (entry: unknown) => {
      const key = decode(textAt(entry, "key"));
      const address = decode(textAt(entry, "value"));
      const lease = textAt(entry, "lease");
      if (lease === undefined || lease === "0") return { key, address };
      const left = textAt(await ask(endpoint, "lease/timetolive", { ID: lease }), "TTL");
      return { key, address, leaseSeconds: Number(left) };
    }),
  );
}

/**
 * Waits until etcd lists all of `keys`.
 *
 * @returns their instances, in the order of `keys`
 * @throws {SetupError} naming what is missing after `timeoutMs`
 */
export async function untilListed(
  endpoint: string,
  keys: readonly string[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<ListedInstance[]> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const listed = await listInstances(endpoint);
    const found = keys.flatMap((key) => listed.find((instance) => instance.key === key) ?? []);
    if (found.length === keys.length) return found;
    if (Date.now() >= deadline) {
      const missing = keys.filter((key) => !found.some((instance) => instance.key === key));
      throw new SetupError(`not in etcd after ${options.timeoutMs / 1000} s: ${missing.join(", ")}`);
    }
    options.signal.throwIfAborted();
    await sleep(100);
  }
}

async function ask(endpoint: string, method: string, message: object): Promise<unknown> {
  try {
    const response = await fetch(new URL(`/v3/${method}`, endpoint), {
      method: "POST",
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(askMs),
    });
    return await response.json();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new SetupError(`etcd at ${endpoint} does not answer: ${messageOf(cause)}`);
  }
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString("utf8");
}
