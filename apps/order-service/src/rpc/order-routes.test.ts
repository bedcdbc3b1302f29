import { randomUUID } from "node:crypto";
import { errorReasonOf } from "@banyan/rpc";
import { OrderState, RejectionReason, type Order } from "@banyan/stubs-order";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refusal } from "../testing/neighbours.ts";
import { openOrders } from "../testing/open-orders.ts";

let service: Awaited<ReturnType<typeof openOrders>>;
beforeAll(async () => {
  service = await openOrders();
});
beforeEach(() => {
  service.neighbours.calls.length = 0;
  service.neighbours.next.clear();
});
afterAll(() => service[Symbol.asyncDispose]());

const newRequest = () => ({
  userId: randomUUID(),
  idempotencyKey: randomUUID(),
  lines: [
    { sku: "tea", quantity: 2 },
    { sku: "cup", quantity: 1 },
  ],
});

async function place(request = newRequest()): Promise<Order> {
  return present((await service.client.placeOrder(request)).order);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("expected a value");
  return value;
}

/** The code and reason of a refusal. */
async function refusalOf(call: Promise<unknown>): Promise<[Code, string | undefined]> {
  const error: unknown = await call.then(
    () => expect.unreachable("the call was not refused"),
    (reason: unknown) => reason,
  );
  return [ConnectError.from(error).code, errorReasonOf(error)?.reason];
}

const fail = (error: Error) => () => {
  throw error;
};

describe("PlaceOrder", () => {
  it("asks the user service, reserves, commits, and answers CONFIRMED with the prices of the reservation", async () => {
    const order = await place();
    expect(order).toMatchObject({
      state: OrderState.CONFIRMED,
      lines: [
        { sku: "cup", quantity: 1, unitPrice: { minorUnits: 350n, currency: "EUR" } },
        { sku: "tea", quantity: 2, unitPrice: { minorUnits: 350n, currency: "EUR" } },
      ],
      total: { minorUnits: 1050n, currency: "EUR" },
    });
    expect(service.neighbours.calls).toEqual(["getUser", "reserve", "commit"]);
  });

  it("answers the same order under the same key, and calls nobody again", async () => {
    const request = newRequest();
    const first = await place(request);
    service.neighbours.calls.length = 0;
    expect(await place({ ...request, lines: request.lines.toReversed() })).toEqual(first);
    expect(service.neighbours.calls).toEqual([]);
  });

  it("places one order when the same call comes many times at once", async () => {
    const request = newRequest();
    const orders = await Promise.all(Array.from({ length: 8 }, () => place(request)));
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(1);
    expect((await service.client.listOrders({ userId: request.userId })).orders).toHaveLength(1);
  });

  it("refuses other lines under the same key", async () => {
    const request = newRequest();
    await place(request);
    const other = service.client.placeOrder({ ...request, lines: [{ sku: "tea", quantity: 3 }] });
    expect(await refusalOf(other)).toEqual([Code.AlreadyExists, "IDEMPOTENCY_KEY_REUSED"]);
  });

  it("takes the same key of another user for another order", async () => {
    const request = newRequest();
    const mine = await place(request);
    const theirs = await place({ ...request, userId: randomUUID() });
    expect(theirs.orderId).not.toBe(mine.orderId);
  });

  it.each([
    ["getUser", Code.NotFound, "USER_NOT_FOUND", RejectionReason.USER_NOT_FOUND],
    ["reserve", Code.NotFound, "ITEM_NOT_FOUND", RejectionReason.ITEM_NOT_FOUND],
    ["reserve", Code.FailedPrecondition, "OUT_OF_STOCK", RejectionReason.OUT_OF_STOCK],
    ["reserve", Code.FailedPrecondition, "MIXED_CURRENCIES", RejectionReason.MIXED_CURRENCIES],
    ["reserve", Code.FailedPrecondition, "RESERVATION_RELEASED", RejectionReason.RESERVATION_RELEASED],
    ["reserve", Code.FailedPrecondition, "RESERVATION_EXPIRED", RejectionReason.RESERVATION_EXPIRED],
    ["commit", Code.FailedPrecondition, "RESERVATION_EXPIRED", RejectionReason.RESERVATION_EXPIRED],
    ["commit", Code.FailedPrecondition, "RESERVATION_RELEASED", RejectionReason.RESERVATION_RELEASED],
  ] as const)("stores and returns a definite no of %s: %s %s", async (method, code, reason, rejectionReason) => {
    service.neighbours.next.set(method, fail(refusal(code, reason)));
    const request = newRequest();
    const rejected = await place(request);
    expect(rejected).toMatchObject({ state: OrderState.REJECTED, rejectionReason });
    expect(await place(request)).toEqual(rejected);
    expect((await service.client.getOrder({ orderId: rejected.orderId })).order).toEqual(rejected);
  });

  it.each([
    ["getUser", Code.Unavailable, ["getUser", "reserve", "commit"]],
    ["reserve", Code.DeadlineExceeded, ["reserve", "commit"]],
    ["commit", Code.Unavailable, ["commit"]],
    ["commit", Code.Internal, ["commit"]],
  ] as const)(
    "stays PENDING when %s fails with %i, and goes on there with the same key",
    async (method, code, rest) => {
      service.neighbours.next.set(method, fail(new ConnectError("lost", code)));
      const request = newRequest();
      const pending = await place(request);
      expect(pending.state).toBe(OrderState.PENDING);
      service.neighbours.calls.length = 0;
      expect(await place(request)).toMatchObject({ orderId: pending.orderId, state: OrderState.CONFIRMED });
      expect(service.neighbours.calls).toEqual(rest);
    },
  );

  it("takes a refusal without a reason for no answer", async () => {
    service.neighbours.next.set("reserve", fail(new ConnectError("a proxy's", Code.FailedPrecondition)));
    expect((await place()).state).toBe(OrderState.PENDING);
  });
});

describe("CancelOrder", () => {
  it("gives back the stock of a CONFIRMED order, and may be asked again", async () => {
    const { orderId } = await place();
    const cancelled = present((await service.client.cancelOrder({ orderId })).order);
    expect(cancelled.state).toBe(OrderState.CANCELLED);
    expect(service.neighbours.calls.at(-1)).toBe("release");
    expect((await service.client.cancelOrder({ orderId })).order).toEqual(cancelled);
    expect(service.neighbours.calls.filter((call) => call === "release")).toHaveLength(1);
  });

  it("ends a PENDING order, whether its reservation is known or not", async () => {
    service.neighbours.next.set("reserve", fail(new ConnectError("lost", Code.DeadlineExceeded)));
    const { orderId } = await place();
    service.neighbours.next.set("release", fail(refusal(Code.NotFound, "RESERVATION_NOT_FOUND")));
    expect((await service.client.cancelOrder({ orderId })).order?.state).toBe(OrderState.CANCELLED);
  });

  it("refuses a REJECTED order", async () => {
    service.neighbours.next.set("getUser", fail(refusal(Code.NotFound, "USER_NOT_FOUND")));
    const { orderId } = await place();
    expect(await refusalOf(service.client.cancelOrder({ orderId }))).toEqual([
      Code.FailedPrecondition,
      "ORDER_REJECTED",
    ]);
  });

  it("leaves the order CANCELLING when the stock could not be given back, and ends it when asked again", async () => {
    const request = newRequest();
    const { orderId } = await place(request);
    service.neighbours.next.set("release", fail(new ConnectError("down", Code.Unavailable)));
    expect(await refusalOf(service.client.cancelOrder({ orderId }))).toEqual([Code.Unavailable, undefined]);
    expect((await service.client.getOrder({ orderId })).order?.state).toBe(OrderState.CANCELLING);
    expect((await place(request)).state).toBe(OrderState.CANCELLED);
  });

  it("wins over a placement that is under way", async () => {
    const request = newRequest();
    service.neighbours.next.set("commit", async () => {
      const { orders } = await service.client.listOrders({ userId: request.userId });
      await service.client.cancelOrder({ orderId: present(orders[0]).orderId });
    });
    expect((await place(request)).state).toBe(OrderState.CANCELLED);
    expect(service.neighbours.calls).toEqual(["getUser", "reserve", "commit", "release"]);
  });

  it("refuses an order that is not there", async () => {
    expect(await refusalOf(service.client.cancelOrder({ orderId: randomUUID() }))).toEqual([
      Code.NotFound,
      "ORDER_NOT_FOUND",
    ]);
  });
});

describe("ListOrders", () => {
  it("shows a user's orders once, newest first, page by page", async () => {
    const { userId } = newRequest();
    const placed: string[] = [];
    for (let count = 0; count < 5; count++) placed.push((await place({ ...newRequest(), userId })).orderId);
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await service.client.listOrders({ userId, pageSize: 2, pageToken });
      seen.push(...page.orders.map(({ orderId }) => orderId));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual(placed.toReversed());
  });

  it("is empty for a user without orders", async () => {
    expect(await service.client.listOrders({ userId: randomUUID() })).toMatchObject({ orders: [], nextPageToken: "" });
  });
});

describe("WatchOrder", () => {
  it("shows the states until the order is settled, then ends", async () => {
    service.neighbours.next.set("reserve", fail(new ConnectError("lost", Code.Unavailable)));
    const request = newRequest();
    const { orderId } = await place(request);
    const states: OrderState[] = [];
    for await (const { order } of service.client.watchOrder({ orderId })) {
      states.push(present(order).state);
      if (states.length === 1) await place(request);
    }
    expect(states[0]).toBe(OrderState.PENDING);
    expect(states.at(-1)).toBe(OrderState.CONFIRMED);
  });
});
