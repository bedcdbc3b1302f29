import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new Promise<never>(() => undefined);

describe("untilAborted", () => {
  it("is the work's outcome", async () => {
    const { signal } = new AbortController();
    await expect(untilAborted(signal, Promise.resolve(1))).resolves.toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("rejects with the signal's reason when it is aborted first", async () => {
    const controller = new AbortController();
    const waiting = untilAborted(controller.signal, never);
    controller.abort(new Error("over"));
    await expect(waiting).rejects.toThrow("over");
  });

  it("rejects when the signal was aborted before", async () => {
    await expect(untilAborted(AbortSignal.abort(new Error("over")), never)).rejects.toThrow("over");
  });

  it("takes in the failure of work that it no longer waits for", async () => {
    await expect(untilAborted(AbortSignal.abort(new Error("over")), Promise.reject(new Error("late")))).rejects.toThrow(
      "over",
    );
  });

  it("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++) await untilAborted(signal, Promise.resolve());
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
