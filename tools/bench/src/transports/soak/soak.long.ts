import { expect, it } from "vitest";
import { runSoak } from "./run-soak.ts";

it("client and server hold no more after a million calls than after a hundred thousand", async () => {
  const task = { calls: 1_000_000, inFlight: 64, atMostMs: 300_000 };
  const { grown } = await runSoak({ ...task, onProgress: () => undefined });
  expect(grown).toEqual([]);
}, 400_000);
