import { setTimeout as sleep } from "node:timers/promises";

const patienceMs = 60_000;

/** The addresses of the instances of a service that etcd lists now, through the JSON gateway of its own. */
export async function listInstances(endpoint: string, service: string): Promise<readonly string[]> {
  // "0" is what follows "/": the end of the prefix.
  const [key, end] = [`/services/${service}/`, `/services/${service}0`].map((text) =>
    Buffer.from(text).toString("base64"),
  );
  const response = await fetch(new URL("/v3/kv/range", endpoint), {
    method: "POST",
    body: JSON.stringify({ key, range_end: end }),
    signal: AbortSignal.timeout(5000),
  });
  const { kvs = [] }: { readonly kvs?: readonly { readonly value: string }[] } = JSON.parse(await response.text());
  return kvs.map(({ value }) => Buffer.from(value, "base64").toString("utf8"));
}

/**
 * Waits, a minute at most, until etcd lists an instance of a service, and answers its address.
 *
 * @param ended rejects when there is nothing to wait for any more
 */
export async function untilListed(endpoint: string, service: string, ended: Promise<never>): Promise<string> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await Promise.race([sleep(200), ended])) {
    const [address] = await listInstances(endpoint, service);
    if (address !== undefined) return address;
  }
  throw new Error(`etcd lists no instance of ${service} after ${patienceMs / 1000} s`);
}
