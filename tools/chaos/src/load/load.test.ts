import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { makeCall, rotation, type CallEnd, type Deed } from "./call-end.ts";
import { startSteadyLoad } from "./steady-load.ts";

const deed = (method: string, share: number, call = async (): Promise<unknown> => undefined): Deed => ({
  method,
  repeatable: true,
  share,
  call,
});

describe("makeCall", () => {
  it("tells a failure by code and message, and an unexpected answer as what it is", async () => {
    const lost = deed("GetItem", 1, () => Promise.reject(new ConnectError("connection lost", Code.Unavailable)));
    expect(await makeCall(lost)).toMatchObject({ failure: { code: "Unavailable", message: "connection lost" } });
    const odd = deed("PlaceOrder", 1, () => Promise.reject(new Error("the order is PENDING")));
    expect(await makeCall(odd)).toMatchObject({ failure: { code: "Error", message: "the order is PENDING" } });
    expect(await makeCall(deed("GetItem", 1))).toMatchObject({ method: "GetItem", failure: undefined });
  });
});

describe("rotation", () => {
  it("gives each its share, spread evenly", () => {
    const next = rotation([deed("a", 3), deed("b", 1)]);
    expect(Array.from({ length: 8 }, () => next.next().value.method).join("")).toBe("aabaaaba");
  });

  it("refuses deeds that have no share", () => {
    expect(() => rotation([deed("a", 0)]).next()).toThrow(RangeError);
  });
});

describe("a steady load", () => {
  it("goes on at its rate while no call is answered, and waits for all of them at its end", async () => {
    const answers = Promise.withResolvers<void>();
    const ends: CallEnd[] = [];
    let begun = 0;
    const call = (): Promise<void> => {
      begun++;
      return answers.promise;
    };
    const load = startSteadyLoad({ deeds: [deed("GetItem", 1, call)], rate: 1000, onEnd: (end) => ends.push(end) });
    await vi.waitFor(() => expect(begun).toBeGreaterThan(10));
    const ended = load[Symbol.asyncDispose]();
    expect(ends).toEqual([]);
    answers.resolve();
    await ended;
    expect(ends).toHaveLength(begun);
  });
});
