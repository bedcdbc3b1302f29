import { describe, expect, it } from "vitest";
import { repeat } from "./repeat.ts";

describe("repeat", () => {
  it("goes on after a failure, and tells of it", async () => {
    const third = Promise.withResolvers<void>();
    const failures: unknown[] = [];
    let count = 0;
    const work = async (): Promise<void> => {
      count++;
      if (count === 3) third.resolve();
      await Promise.reject(new Error(`failure ${count}`));
    };
    await using _repeated = repeat(work, { everyMs: 1, onFailure: (error) => failures.push(error) });
    await third.promise;
    expect(failures).toEqual([new Error("failure 1"), new Error("failure 2")]);
  });

  it("never does two at a time", async () => {
    let running = 0;
    let most = 0;
    const enough = Promise.withResolvers<void>();
    let count = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      if (++count === 4) enough.resolve();
    };
    await using _repeated = repeat(work, { everyMs: 1, onFailure: enough.reject });
    await enough.promise;
    expect(most).toBe(1);
  });

  it("aborts and waits for the work under way when disposed", async () => {
    const started = Promise.withResolvers<void>();
    let ended = false;
    const work = async (signal: AbortSignal): Promise<void> => {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ended = true;
    };
    const repeated = repeat(work, { everyMs: 1, onFailure: () => undefined });
    await started.promise;
    await repeated[Symbol.asyncDispose]();
    expect(ended).toBe(true);
  });
});
