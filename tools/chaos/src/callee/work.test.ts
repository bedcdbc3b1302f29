import { describe, expect, it } from "vitest";
import { Work } from "./work.ts";

const never = new AbortController().signal;

describe("work", () => {
  it("is done by so many at a time, one after the other", async () => {
    const work = new Work({ ms: 5, places: 1 });
    const order: string[] = [];
    await Promise.all(["a", "b", "c"].map((name) => work.perform(never).then(() => order.push(name))));
    expect(order).toEqual(["a", "b", "c"]);
  });

  it("gives the place of who has gone to the next, and the queue forgets those who leave it", async () => {
    const work = new Work({ ms: 60_000, places: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const outcomes = Promise.allSettled([work.perform(first.signal), work.perform(second.signal)]);
    second.abort();
    first.abort();
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    work.set({ ms: 1, places: 1 });
    await work.perform(never);
  });

  it("seats those who wait when there are more places", async () => {
    const work = new Work({ ms: 1, places: 0 });
    const waiting = work.perform(never);
    work.set({ ms: 1, places: 1 });
    await waiting;
  });
});
