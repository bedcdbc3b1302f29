import { expect, it } from "vitest";
import { garbageBetween, growthOf } from "./flatness.ts";
import type { Holdings } from "./messages.ts";

const garbage = { allocatedBytes: 100_000_000, collectingMs: 10, cpuMs: 500 };
const held: Holdings = { heapBytes: 20_000_000, bufferBytes: 100_000, rssBytes: 90_000_000, handles: 4, garbage };
const points = (last: Partial<Holdings>) => [
  { calls: 1_000_000, held },
  { calls: 5_000_000, held: { ...held, heapBytes: 30_000_000 } },
  { calls: 10_000_000, held: { ...held, ...last } },
];

it("a process is flat that holds as much at the end as it did at first, whatever it held in between", () => {
  expect(growthOf("client", points({ heapBytes: 20_900_000, rssBytes: 200_000_000 }))).toEqual([]);
});

it("what has grown is named, with how much it was", () => {
  expect(growthOf("client", points({ heapBytes: 22_000_000, bufferBytes: 5_000_000, handles: 5 }))).toEqual([
    "client: the heap, in bytes, grew from 20000000 to 22000000 in 9000000 calls",
    "client: buffers, in bytes, grew from 100000 to 5000000 in 9000000 calls",
    "client: open handles grew from 4 to 5 in 9000000 calls",
  ]);
});

it("garbage is that of the calls between the first look and the last one", () => {
  const last = { allocatedBytes: 1_000_000_000, collectingMs: 110, cpuMs: 5500 };
  expect(garbageBetween(points({ garbage: last }))).toEqual({
    calls: 9_000_000,
    allocatedBytes: 900_000_000,
    collectingMs: 100,
    cpuMs: 5000,
  });
});
