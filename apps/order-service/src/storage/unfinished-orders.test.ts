import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOrders } from "../testing/open-orders.ts";
import { readUnfinishedOrders } from "./unfinished-orders.ts";

let service: Awaited<ReturnType<typeof openOrders>>;
beforeAll(async () => void (service = await openOrders()));
afterAll(() => service[Symbol.asyncDispose]());

describe("readUnfinishedOrders", () => {
  const insert = async (state: string, step: string | null, secondsAgo: number): Promise<string> => {
    const [row] = await service.database.query<{ id: string }>({
      name: "insert-test-order",
      text: `
        insert into orders (id, user_id, idempotency_key, state, step, changed_at)
        values ($1::uuid, $1::uuid, $1::uuid::text, $2, $3, now() - make_interval(secs => $4))
        returning id`,
      values: [randomUUID(), state, step, secondsAgo],
    });
    return row?.id ?? "";
  };
  const read = () => readUnfinishedOrders(service.database);

  it("counts those that are to go on, and tells how long the one has stood that waits longest", async () => {
    const none = [
      { state: "PENDING", orders: 0, oldestSeconds: 0 },
      { state: "CANCELLING", orders: 0, oldestSeconds: 0 },
    ];
    expect(await read()).toEqual(none);

    const oldest = await insert("PENDING", "COMMIT", 3600);
    await insert("PENDING", "RESERVE", 60);
    await insert("CONFIRMED", null, 7200);
    const [pending, cancelling] = await read();
    expect(pending).toEqual({ state: "PENDING", orders: 2, oldestSeconds: expect.closeTo(3600, -2) });
    expect(cancelling).toEqual(none[1]);

    // a cancel is a move: the order has not stood for an hour any more
    const cancel = "update orders set state = 'CANCELLING', step = null where id = $1";
    await service.database.query({ name: "cancel-test-order", text: cancel, values: [oldest] });
    expect(await read()).toEqual([
      { state: "PENDING", orders: 1, oldestSeconds: expect.closeTo(60, -2) },
      { state: "CANCELLING", orders: 1, oldestSeconds: expect.closeTo(0, -2) },
    ]);
  });
});
