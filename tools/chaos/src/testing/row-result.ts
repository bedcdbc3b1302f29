import type { RowResult } from "../row.ts";

/** A row that held, with round figures. */
export const goodRow: RowResult = {
  name: "killed",
  title: "kill -9 and restart",
  world: "single",
  etcdVersion: "3.5.16",
  backAfterMs: 1234,
  oldestAgeMs: 4300,
  picks: 12_000,
  wrongPicks: 317,
  calls: 2000,
  failedCalls: 0,
  goneListedMs: 8000,
  goneListedReachablyMs: 5300,
  longestTurnMs: 21.4,
  longestDelayMs: 51.2,
  remarks: [],
  violations: [],
  tookMs: 8400,
  logFile: "/tmp/killed.log",
  lastLines: ["0.001 - begun"],
};
