import { describe, expect, it } from "vitest";
import { createCallBook, formatHops } from "./hops.ts";
import type { ServedCall } from "./log-line.ts";

const call = (method: string, endedAt: number, durationMs: number, code = "ok", requestId = "r"): ServedCall => ({
  method,
  endedAt,
  durationMs,
  code,
  requestId,
});
const place = call("order.v1.OrderService/PlaceOrder", 30, 21.34);
const getUser = call("user.v1.UserService/GetUser", 5, 1.2);
const reserve = call("inventory.v1.InventoryService/Reserve", 20, 8, "failed_precondition");

describe("formatHops", () => {
  it("draws the call that came in, and below it those it made in their order, refusals with their code", () => {
    expect(formatHops([reserve, place, getUser], place.method)).toEqual([
      "order.v1.OrderService/PlaceOrder           21.3 ms",
      "├ user.v1.UserService/GetUser               1.2 ms",
      "└ inventory.v1.InventoryService/Reserve     8.0 ms  failed_precondition",
    ]);
  });

  it("draws what there is when the first call was not logged, or none was", () => {
    expect(formatHops([getUser], place.method)).toEqual(["└ user.v1.UserService/GetUser     1.2 ms"]);
    expect(formatHops([], place.method)).toEqual([]);
  });
});

describe("the call book", () => {
  it("waits for the calls of a request that are still to be logged, and leaves other requests out", async () => {
    const book = createCallBook();
    book.add(place);
    book.add(call(getUser.method, 5, 1, "ok", "another"));
    const collected = book.collect("r", [place.method, getUser.method], 5000);
    book.add(getUser);
    expect(await collected).toEqual([place, getUser]);
  });

  it("gives what there is when the time is up", async () => {
    const book = createCallBook();
    book.add(place);
    expect(await book.collect("r", [getUser.method], 0)).toEqual([place]);
  });
});
