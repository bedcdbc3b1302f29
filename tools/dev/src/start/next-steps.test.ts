import { describe, expect, it } from "vitest";
import { findInstalled, nextSteps } from "./next-steps.ts";

const addresses = { user: "localhost:50051", order: "localhost:50052", inventory: "localhost:50053" };
const order = { orderId: "o-1", userId: "u-1", sku: "demo-1", quantity: 2, total: "39.80 EUR", requestId: "r-1" };
const commands = (installed: readonly string[]): string[] =>
  nextSteps({ addresses, etcdEndpoint: "http://127.0.0.1:2379", order, installed: new Set(installed) }).map(
    ({ command }) => command,
  );

describe("the commands to try next", () => {
  it("name the ids and addresses of this run", () => {
    const [list, place, read, ...rest] = commands([]);
    expect(list).toBe(
      "curl -s -H 'content-type: application/json' -d '{}' http://localhost:50053/inventory.v1.InventoryService/ListItems",
    );
    expect(place).toMatch(
      /'\{"userId":"u-1","idempotencyKey":"[\w-]{36}","lines":\[\{"sku":"demo-1","quantity":1\}\]\}'/,
    );
    expect(read).toContain(`-d '{"user_id":"u-1"}' http://localhost:50051/user.v1.UserService/GetUser`);
    expect(rest).toEqual([]);
  });

  it("use other programs only where they are installed", () => {
    expect(commands(["grpcurl"]).at(-1)).toMatch(/^grpcurl -plaintext .* localhost:50053 /);
    expect(commands(["etcdctl"]).at(-1)).toBe(
      "ETCDCTL_API=3 etcdctl --endpoints http://127.0.0.1:2379 get --prefix /services/",
    );
  });
});

describe("findInstalled", () => {
  it("finds programs on the PATH alone", async () => {
    expect(await findInstalled(["sh", "no-such-program"], "/nowhere:/bin")).toEqual(new Set(["sh"]));
  });
});
