import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { measureTurns } from "./turns.ts";

/** Keeps the loop busy for so much CPU time. */
function block(ms: number): void {
  for (const begin = process.threadCpuUsage(); process.threadCpuUsage(begin).user < ms * 1000;);
}

describe("measureTurns", () => {
  it("tells of a loop that was blocked, in CPU time and by the clock", async () => {
    using turns = measureTurns();
    await sleep(50);
    block(300);
    expect(turns.longestTurnMs).toBeGreaterThan(100);
    await sleep(50);
    expect(turns.longestTurnMs).toBeGreaterThan(100);
    expect(turns.longestDelayMs).toBeGreaterThan(200);
  });

  it("takes a wait for no turn", async () => {
    using turns = measureTurns();
    await sleep(500);
    expect(turns.longestTurnMs).toBeLessThan(400);
  });
});
