import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { drive } from "./drive.ts";
import type { LoadTask } from "./messages.ts";

const task: LoadTask = { kind: "get", inFlight: 4, ms: 20_000, atMost: 20, payloadBytes: 0, messages: 0 };

describe("drive", () => {
  it("makes as many calls as it may, so many at a time", async () => {
    let [underWay, most, opened, closed] = [0, 0, 0, 0];
    const open = () => {
      opened++;
      return {
        async next() {
          most = Math.max(most, ++underWay);
          await nextTurn();
          underWay--;
        },
        close: () => void closed++,
      };
    };
    expect(await drive(open, task)).toMatchObject({ succeeded: 20, failed: 0, micros: { p50: expect.any(Number) } });
    expect({ most, opened, closed }).toEqual({ most: 4, opened: 4, closed: 4 });
  });

  it("counts calls that fail, tells what the first one said, and opens anew after each", async () => {
    let [calls, opened] = [0, 0];
    const open = () => {
      opened++;
      return { next: async () => void (++calls % 5 === 0 && (await failing(calls))), close: () => undefined };
    };
    const result = await drive(open, { ...task, inFlight: 1 });
    expect(result).toMatchObject({ succeeded: 16, failed: 4, failure: "call 5" });
    expect(opened).toBe(5);
  });

  it("gives up where nothing succeeds", async () => {
    const { atMost: _, ...endless } = task;
    const open = () => ({ next: () => failing(0), close: () => undefined });
    expect(await drive(open, endless)).toEqual({
      succeeded: 0,
      failed: expect.any(Number),
      failure: "call 0",
      elapsedMs: expect.any(Number),
    });
  });
});

async function failing(call: number): Promise<void> {
  await nextTurn();
  throw new Error(`call ${call}`);
}
