import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { errorReasonOf } from "@banyan/rpc";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInventory } from "../testing/open-inventory.ts";

let service: Awaited<ReturnType<typeof openInventory>>;
beforeAll(async () => {
  service = await openInventory(1);
});
afterAll(() => service[Symbol.asyncDispose]());

/** A new item with some stock. */
async function stocked(quantity: number, minorUnits = 350n, currency = "EUR"): Promise<string> {
  const sku = `sku-${randomUUID()}`;
  await service.client.putItem({ sku, name: "Tea", unitPrice: { minorUnits, currency } });
  if (quantity > 0) await service.client.addStock({ sku, quantity, requestId: randomUUID() });
  return sku;
}

async function available(sku: string): Promise<bigint | undefined> {
  return (await service.client.getItem({ sku })).item?.available;
}

/** The code and reason of a refusal. */
async function refusalOf(call: Promise<unknown>): Promise<[Code, string | undefined]> {
  const error: unknown = await call.then(
    () => expect.unreachable("the call was not refused"),
    (reason: unknown) => reason,
  );
  return [ConnectError.from(error).code, errorReasonOf(error)?.reason];
}

describe("Reserve", () => {
  it("takes stock, prices the lines by sku and sums them up", async () => {
    const [tea, cup] = [await stocked(5, 350n), await stocked(5, 900n)];
    const { lines, total } = await service.client.reserve({
      orderId: randomUUID(),
      lines: [
        { sku: tea, quantity: 2 },
        { sku: cup, quantity: 1 },
      ],
    });
    expect(lines.map(({ sku }) => sku)).toEqual([tea, cup].toSorted());
    expect(total).toMatchObject({ minorUnits: 1600n, currency: "EUR" });
    expect([await available(tea), await available(cup)]).toEqual([3n, 4n]);
  });

  it("takes all lines or none", async () => {
    const [plenty, scarce] = [await stocked(5), await stocked(1)];
    const lines = [
      { sku: plenty, quantity: 1 },
      { sku: scarce, quantity: 2 },
    ];
    const orderId = randomUUID();
    expect(await refusalOf(service.client.reserve({ orderId, lines }))).toEqual([
      Code.FailedPrecondition,
      "OUT_OF_STOCK",
    ]);
    expect(await available(plenty)).toBe(5n);
    await service.client.addStock({ sku: scarce, quantity: 1, requestId: randomUUID() });
    await service.client.reserve({ orderId, lines });
  });

  it("answers the same reservation when it is asked again, at the price of then", async () => {
    const sku = await stocked(5, 350n);
    const request = { orderId: randomUUID(), lines: [{ sku, quantity: 2 }] };
    const first = await service.client.reserve(request);
    await service.client.putItem({ sku, name: "Tea", unitPrice: { minorUnits: 999n, currency: "EUR" } });
    expect(await service.client.reserve(request)).toEqual(first);
    expect(await available(sku)).toBe(3n);
  });

  it("reserves once when asked many times at once", async () => {
    const sku = await stocked(100);
    const request = { orderId: randomUUID(), lines: [{ sku, quantity: 3 }] };
    await Promise.all(Array.from({ length: 10 }, () => service.client.reserve(request)));
    expect(await available(sku)).toBe(97n);
  });

  it("refuses other lines under the same order", async () => {
    const sku = await stocked(5);
    const orderId = randomUUID();
    await service.client.reserve({ orderId, lines: [{ sku, quantity: 1 }] });
    const other = service.client.reserve({ orderId, lines: [{ sku, quantity: 2 }] });
    expect(await refusalOf(other)).toEqual([Code.AlreadyExists, "ORDER_ID_REUSED"]);
  });

  it("never oversells, and never deadlocks, when orders of the same items come in any order", async () => {
    const skus = await Promise.all([stocked(30), stocked(30), stocked(30)]);
    const orders = Array.from({ length: 40 }, (_, index) => ({
      orderId: randomUUID(),
      lines: (index % 2 === 0 ? skus : skus.toReversed()).map((sku) => ({ sku, quantity: 1 })),
    }));
    const outcomes = await Promise.allSettled(orders.map((order) => service.client.reserve(order)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(30);
    expect(await Promise.all(skus.map(available))).toEqual([0n, 0n, 0n]);
  });
});

describe("Commit", () => {
  it("keeps the stock after the time of the reservation, and may be asked again", async () => {
    const sku = await stocked(2);
    const orderId = randomUUID();
    await service.client.reserve({ orderId, lines: [{ sku, quantity: 2 }] });
    await service.client.commit({ orderId });
    await sleep(1100);
    await service.inventory.expireReservations();
    await service.client.commit({ orderId });
    expect(await available(sku)).toBe(0n);
  });

  it("refuses an order that has reserved nothing", async () => {
    expect(await refusalOf(service.client.commit({ orderId: randomUUID() }))).toEqual([
      Code.NotFound,
      "RESERVATION_NOT_FOUND",
    ]);
  });
});

describe("a reservation past its time", () => {
  it("is refused before and after it is swept, and swept once, by whoever comes first", async () => {
    const sku = await stocked(4);
    const orderId = randomUUID();
    const request = { orderId, lines: [{ sku, quantity: 3 }] };
    await service.client.reserve(request);
    await sleep(1100);
    const expired = [Code.FailedPrecondition, "RESERVATION_EXPIRED"];
    expect(await refusalOf(service.client.commit({ orderId }))).toEqual(expired);
    expect(await refusalOf(service.client.reserve(request))).toEqual(expired);
    await Promise.all(Array.from({ length: 4 }, () => service.inventory.expireReservations()));
    expect(await available(sku)).toBe(4n);
    expect(await refusalOf(service.client.commit({ orderId }))).toEqual(expired);
    expect(await refusalOf(service.client.reserve(request))).toEqual(expired);
    await service.client.release({ orderId });
    expect(await available(sku)).toBe(4n);
  });
});

describe("Release", () => {
  it.each(["reserved", "committed"])("gives back what is %s, once", async (state) => {
    const sku = await stocked(3);
    const orderId = randomUUID();
    await service.client.reserve({ orderId, lines: [{ sku, quantity: 2 }] });
    if (state === "committed") await service.client.commit({ orderId });
    await Promise.all([service.client.release({ orderId }), service.client.release({ orderId })]);
    expect(await available(sku)).toBe(3n);
    expect(await refusalOf(service.client.commit({ orderId }))).toEqual([
      Code.FailedPrecondition,
      "RESERVATION_RELEASED",
    ]);
  });

  it("bars an order that it does not know from reserving later", async () => {
    const sku = await stocked(3);
    const orderId = randomUUID();
    const notFound = [Code.NotFound, "RESERVATION_NOT_FOUND"];
    expect(await refusalOf(service.client.release({ orderId }))).toEqual(notFound);
    expect(await refusalOf(service.client.release({ orderId }))).toEqual(notFound);
    const late = service.client.reserve({ orderId, lines: [{ sku, quantity: 1 }] });
    expect(await refusalOf(late)).toEqual([Code.FailedPrecondition, "RESERVATION_RELEASED"]);
    expect(await available(sku)).toBe(3n);
  });
});

describe("AddStock", () => {
  it("adds once for each request_id, however often and however many ask at once", async () => {
    const sku = await stocked(0);
    const request = { sku, quantity: 7, requestId: randomUUID() };
    await Promise.all(Array.from({ length: 8 }, () => service.client.addStock(request)));
    expect((await service.client.addStock(request)).item?.available).toBe(7n);
  });

  it("refuses a request_id that stands for another addition", async () => {
    const sku = await stocked(0);
    const request = { sku, quantity: 7, requestId: randomUUID() };
    await service.client.addStock(request);
    expect(await refusalOf(service.client.addStock({ ...request, quantity: 8 }))).toEqual([
      Code.AlreadyExists,
      "REQUEST_ID_REUSED",
    ]);
  });

  it("refuses an item that is not there, and does not remember the request_id", async () => {
    const sku = `sku-${randomUUID()}`;
    const request = { sku, quantity: 1, requestId: randomUUID() };
    expect(await refusalOf(service.client.addStock(request))).toEqual([Code.NotFound, "ITEM_NOT_FOUND"]);
    await service.client.putItem({ sku, name: "Tea", unitPrice: { minorUnits: 1n, currency: "EUR" } });
    expect((await service.client.addStock(request)).item?.available).toBe(1n);
  });

  it("refuses to pass 10^12", async () => {
    const sku = await stocked(1);
    await service.database.query({
      name: "fill",
      text: "update items set available = 1000000000000 where sku = $1",
      values: [sku],
    });
    expect(await refusalOf(service.client.addStock({ sku, quantity: 1, requestId: randomUUID() }))).toEqual([
      Code.FailedPrecondition,
      "STOCK_LIMIT_EXCEEDED",
    ]);
  });
});

describe("ListItems", () => {
  it("shows every item once, page by page, in the order of skus", async () => {
    const skus = await Promise.all(Array.from({ length: 7 }, () => stocked(0)));
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await service.client.listItems({ pageSize: 3, pageToken });
      expect(page.items.length).toBeLessThanOrEqual(3);
      seen.push(...page.items.map(({ sku }) => sku));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(seen).toEqual([...new Set(seen)].toSorted());
    expect(seen).toEqual(expect.arrayContaining(skus));
  });
});

describe("WatchStock", () => {
  it("answers the level of now, then newer ones", async () => {
    const sku = await stocked(5);
    const levels: bigint[] = [];
    for await (const { available } of service.client.watchStock({ sku })) {
      levels.push(available);
      if (levels.length === 1) await service.client.addStock({ sku, quantity: 5, requestId: randomUUID() });
      if (available === 10n) break;
    }
    expect(levels).toEqual([5n, 10n]);
  });
});
