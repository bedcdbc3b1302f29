import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { OrderState, type Order } from "@banyan/stubs-order";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Deed } from "../../load/call-end.ts";
import type { FinalOrder, KnownOrder } from "./acknowledged.ts";
import { isTurnedAway } from "./asked.ts";
import type { Caller } from "./caller.ts";
import { pick, rounds } from "./pick.ts";

/** An order that is answered PENDING is taken further by its caller for so long. */
const patienceMs = 40_000;
const againMs = 200;
const pageSize = 1000;

type Wanted = Pick<KnownOrder, "userId" | "idempotencyKey" | "sku" | "quantity">;

/** Places and cancels orders, reads, lists and watches them; and places orders of before once more, by their keys. */
export function orderDeeds(caller: Caller): readonly Deed[] {
  const { told } = caller;
  const next = rounds(told.orders);
  const read = async (): Promise<void> => {
    const order = next();
    if (order !== undefined) await readOrder(caller, order);
  };
  return [
    { method: "place order", repeatable: true, share: 9, call: () => placeOrder(caller) },
    { method: "place order again", repeatable: true, share: 2, call: () => placeAgain(caller) },
    { method: "cancel order", repeatable: true, share: 2, call: () => cancelOrder(caller) },
    { method: "read order", repeatable: true, share: 20, call: read },
    { method: "list orders", repeatable: true, share: 4, call: () => listOrders(caller) },
    { method: "watch order", repeatable: true, share: 2, call: () => watchOrder(caller) },
  ];
}

async function placeOrder(caller: Caller): Promise<void> {
  const { told } = caller;
  const wanted = {
    userId: pick(told.users).userId,
    idempotencyKey: randomUUID(),
    sku: pick(told.items).sku,
    quantity: 1 + Math.floor(Math.random() * 3),
  };
  const { orderId } = await confirmed(caller, wanted, "PlaceOrder");
  const order = { ...wanted, orderId, toldAt: performance.now() };
  told.orderPlaced(order);
  await readOrder(caller, order);
}

/** @throws when it is another order, which would be a second one */
async function placeAgain(caller: Caller): Promise<void> {
  const { orders } = caller.told;
  if (orders.length === 0) return;
  const before = pick(orders);
  const { orderId } = await placed(caller, before, "PlaceOrder (again)");
  if (orderId !== before.orderId) throw new Error(`order ${before.orderId} was doubled: ${orderId}`);
}

/** Takes an order as far as it goes. @throws when that is not CONFIRMED */
async function confirmed(caller: Caller, wanted: Wanted, method: string): Promise<Order> {
  const giveUpAt = performance.now() + patienceMs;
  for (let order = await placed(caller, wanted, method); ; order = await placed(caller, wanted, method)) {
    if (order.state === OrderState.CONFIRMED) return order;
    if (order.state !== OrderState.PENDING || performance.now() > giveUpAt) {
      throw new Error(`order ${order.orderId} is in state ${order.state}, rejected for ${order.rejectionReason}`);
    }
    caller.asked.pending += 1;
    await sleep(againMs);
  }
}

async function placed({ doors, asked }: Caller, wanted: Wanted, method: string): Promise<Order> {
  const { userId, idempotencyKey, sku, quantity } = wanted;
  const { orders } = doors.next();
  const request = { userId, idempotencyKey, lines: [{ sku, quantity }] };
  const { order } = await asked.call(method, () => orders.placeOrder(request));
  if (order === undefined) throw new Error("the answer has no order");
  return order;
}

async function cancelOrder(caller: Caller): Promise<void> {
  const { doors, told, asked } = caller;
  const order = told.nextToCancel();
  if (order === undefined) return;
  const { orderId } = order;
  const { orders } = doors.next();
  const answer = await asked.call("CancelOrder", () => orders.cancelOrder({ orderId }), isNotYet);
  if (answer.order?.state !== OrderState.CANCELLED)
    throw new Error(`order ${orderId} is not CANCELLED after its cancel`);
  order.cancelledAt = performance.now();
  await readOrder(caller, order);
}

/** Its contract: where the stock could not be given back yet, the answer is UNAVAILABLE; call again. */
function isNotYet(error: unknown): boolean {
  return isTurnedAway(error) || (error instanceof ConnectError && error.code === Code.Unavailable);
}

/** @throws when it is not there, or another one. An older state is noted as behind. */
async function readOrder({ doors, asked }: Caller, known: KnownOrder): Promise<void> {
  const { orderId, userId, idempotencyKey, sku, quantity, toldAt, cancelledAt } = known;
  const { orders } = doors.next();
  const { order } = await asked.call("GetOrder", () => orders.getOrder({ orderId }));
  const [line] = order?.lines ?? [];
  const isSame = order?.userId === userId && order.idempotencyKey === idempotencyKey;
  if (!isSame || order.lines.length !== 1 || line?.sku !== sku || line.quantity !== quantity) {
    throw new Error(`order ${orderId} is answered as another one`);
  }
  const { state } = order;
  if (state === OrderState.REJECTED) throw new Error(`order ${orderId} was CONFIRMED and is REJECTED`);
  if (cancelledAt !== undefined && state !== OrderState.CANCELLED) asked.behind(cancelledAt);
  else if (state === OrderState.PENDING) asked.behind(toldAt);
}

/** What was told before the call must be listed; where it is not, the list is behind. */
async function listOrders({ doors, told, asked }: Caller): Promise<void> {
  const { userId } = pick(told.users);
  const expected = told.orders.filter((order) => order.userId === userId);
  const { orders } = doors.next();
  const page = await asked.call("ListOrders", () => orders.listOrders({ userId, pageSize }));
  const listed = new Set(page.orders.map(({ orderId }) => orderId));
  const missing = expected.filter(({ orderId }) => !listed.has(orderId)).map(({ toldAt }) => toldAt);
  if (missing.length > 0) asked.behind(Math.min(...missing));
}

/** @throws when the stream ends in another state than a last one */
async function watchOrder({ doors, told, asked }: Caller): Promise<void> {
  if (told.orders.length === 0) return;
  const { orderId } = pick(told.orders.slice(-20));
  const { orders } = doors.next();
  await asked.call("WatchOrder", async () => {
    let last: OrderState | undefined;
    for await (const { order } of orders.watchOrder({ orderId }, { timeoutMs: patienceMs })) last = order?.state;
    if (last !== OrderState.CONFIRMED && last !== OrderState.CANCELLED) {
      throw new Error(`the watch of order ${orderId} has ended with state ${last}`);
    }
  });
}

/** Every order of these users, by id. */
export async function allOrders({ doors, told }: Caller): Promise<ReadonlyMap<string, FinalOrder>> {
  const found = new Map<string, FinalOrder>();
  const { orders } = doors.next();
  for (const { userId } of told.users) {
    for (let pageToken = "", more = true; more; more = pageToken !== "") {
      const page = await orders.listOrders({ userId, pageSize, pageToken });
      for (const { orderId, state, lines, total } of page.orders) {
        const [line] = lines;
        found.set(orderId, {
          state: state === OrderState.CONFIRMED ? "CONFIRMED" : state === OrderState.CANCELLED ? "CANCELLED" : "other",
          sku: lines.length === 1 ? (line?.sku ?? "") : "",
          quantity: line?.quantity ?? 0,
          totalMinorUnits: total?.minorUnits,
        });
      }
      pageToken = page.nextPageToken;
    }
  }
  return found;
}
