import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Etcd, startEtcd } from "../etcd/start.ts";
import { listInstances, untilListed } from "./instances.ts";

let etcd: Etcd;
beforeAll(async () => void (etcd = await startEtcd()));
afterAll(() => etcd[Symbol.asyncDispose]());

async function post(method: string, message: object): Promise<unknown> {
  return (await fetch(`${etcd.endpoint}/v3/${method}`, { method: "POST", body: JSON.stringify(message) })).json();
}
const put = (key: string, value: string, lease = "0") => post("kv/put", { key: btoa(key), value: btoa(value), lease });
const { signal } = new AbortController();

describe("the instances in etcd", () => {
  it("are none at first, and what is missing is named", async () => {
    expect(await listInstances(etcd.endpoint)).toEqual([]);
    await expect(untilListed(etcd.endpoint, ["/services/user/1"], { timeoutMs: 0, signal })).rejects.toThrow(
      "not in etcd after 0 s: /services/user/1",
    );
  });

  it("are listed with what is left of their leases, in the order that was asked for, and no other keys", async () => {
    await post("lease/grant", { ID: "7", TTL: "60" });
    await put("/services/user/1", "localhost:50051", "7");
    await put("/services0", "no instance");
    await put("/traffic/user", "no instance");
    const waiting = untilListed(etcd.endpoint, ["/services/user/1", "/services/order/1"], {
      timeoutMs: 10_000,
      signal,
    });
    await put("/services/order/1", "localhost:50052");
    expect(await waiting).toEqual([
      { key: "/services/user/1", address: "localhost:50051", leaseSeconds: expect.toSatisfy((s) => s > 50 && s <= 60) },
      { key: "/services/order/1", address: "localhost:50052" },
    ]);
    expect((await listInstances(etcd.endpoint)).map(({ key }) => key)).toEqual([
      "/services/order/1",
      "/services/user/1",
    ]);
  });

  it("cannot be read from an etcd that is away", async () => {
    await expect(listInstances("http://127.0.0.1:1")).rejects.toThrow("etcd at http://127.0.0.1:1 does not answer");
  });
});
