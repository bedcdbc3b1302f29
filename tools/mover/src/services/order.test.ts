import { describe, expect, it } from "vitest";
import { openSessions } from "../database/session.ts";
import { flip } from "../flip/flip.ts";
import { readBackfill } from "../move/backfill.ts";
import { readLag } from "../move/outbox.ts";
import { eventually } from "../testing/eventually.ts";
import { confirmOrder, placeOrder } from "../testing/goods.ts";
import { openWorld, type World } from "../testing/world.ts";
import { verify } from "../verify/verify.ts";

async function untilCaughtUp({ sessions, mapping }: World, side: "legacy" | "candidate"): Promise<void> {
  await eventually(async () => {
    expect((await readBackfill(sessions.candidate, mapping)).every(({ done }) => done)).toBe(true);
    expect((await readLag(sessions[side], mapping)).rows).toBe(0);
  });
}

describe("orders", () => {
  it("come to the service at their first step, are finished there, and go back with what only the monolith knows", async () => {
    await using world = await openWorld("order");
    const { legacy, candidate } = world.owners;
    const [pending, packed] = [await placeOrder(legacy), await placeOrder(legacy)];
    await world.setUp();
    await using _mover = world.startMover();
    await confirmOrder(legacy, packed);
    await untilCaughtUp(world, "legacy");
    const states = "select id, state, step from orders";
    expect(await candidate.query(`${states} where id = $1`, [pending])).toEqual([
      { id: pending, state: "PENDING", step: "CHECK_USER" },
    ]);
    expect(await candidate.query(`${states} where id = $1`, [packed])).toEqual([
      { id: packed, state: "CONFIRMED", step: null },
    ]);

    await flipTo(world, "candidate");
    await confirmOrder(candidate, pending);
    await candidate.query("update orders set state = 'CANCELLING', version = version + 1 where id = $1", [packed]);
    const placed = await placeOrder(candidate);
    await candidate.query("update orders set step = 'COMMIT', version = version + 2 where id = $1", [placed]);
    await untilCaughtUp(world, "candidate");
    expect(await legacy.query("select state, recipient from orders where id = $1", [packed])).toEqual([
      { state: "CANCELLING", recipient: "Ada" },
    ]);
    const prices = "select unit_price_minor as price from order_lines where order_id = $1";
    expect(await legacy.query(prices, [pending])).toEqual([{ price: 250n }, { price: 250n }]);

    await flipTo(world, "legacy");
    await confirmOrder(legacy, placed);
    await untilCaughtUp(world, "legacy");
    const { sessions, mapping } = world;
    expect(await verify(sessions, { mapping, source: "legacy" })).toMatchObject({ compared: 3, differences: [] });
  });
});

async function flipTo(world: World, to: "legacy" | "candidate"): Promise<void> {
  await using sessions = await openSessions(world.urls);
  const { mapping, store } = world;
  await flip({ mapping, sessions, store, to, pauseSeconds: 10, by: "test" }, new AbortController().signal);
}
