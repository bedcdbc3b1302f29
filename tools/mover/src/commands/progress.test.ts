import { describe, expect, it } from "vitest";
import type { MoverState } from "../move/move.ts";
import { progressOn } from "./progress.ts";

const following: MoverState = { tag: "following", source: "legacy", carried: 7, lag: { rows: 3, seconds: 0.25 } };
const backfilling = (rows: bigint, done: boolean): MoverState => {
  return { tag: "backfilling", progress: { entity: "user", reached: "a", rows, done } };
};

describe("progressOn", () => {
  it("keeps one line of a terminal current", () => {
    const written: string[] = [];
    const show = progressOn({ isTTY: true, write: (text) => written.push(text) });
    show(backfilling(500n, false));
    show(following);
    expect(written).toEqual([
      "\r\u001B[2Kbackfill of user: 500 carried",
      "\r\u001B[2Kfollowing the legacy: 7 changes carried; lag 3 rows, 0.3 s",
    ]);
  });

  it("writes a line elsewhere when something else begins, and every ten seconds", () => {
    const written: string[] = [];
    let now = 0;
    const show = progressOn({ write: (text) => written.push(text) }, () => now);
    show(backfilling(500n, false));
    show(backfilling(800n, true));
    show(following);
    now = 9999;
    show(following);
    now = 10_000;
    show({ ...following, lag: { rows: 100_000, seconds: 60 } });
    show({ tag: "waiting", reason: "legacy database: gone" });
    expect(written).toEqual([
      "backfill of user: 500 carried\n",
      "following the legacy: 7 changes carried; lag 3 rows, 0.3 s\n",
      "following the legacy: 7 changes carried; lag 100000 or more rows, 60.0 s\n",
      "waiting: legacy database: gone\n",
    ]);
  });
});
