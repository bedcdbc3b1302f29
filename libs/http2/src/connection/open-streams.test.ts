import { describe, expect, it } from "vitest";
import { Random } from "../testing/random.ts";
import { OpenStreams } from "./open-streams.ts";

interface Item {
  readonly id: number;
}

const idsOf = (streams: OpenStreams<Item>): number[] => streams.all().map(({ id }) => id);

describe("OpenStreams", () => {
  it.each([1, 2, 3])("holds what a Map would, whatever comes and goes (seed %i)", (seed) => {
    const random = new Random(seed);
    const streams = new OpenStreams<Item>();
    const expected = new Map<number, Item>();
    for (let id = 1, turn = 0; turn < 20_000; turn++) {
      if (random.below(100) < (turn % 2000 < 1000 ? 60 : 30)) {
        // Gaps of 32 and its multiples would share a place with others.
        id += random.pick([2, 2, 2, 32, 64, 2046]);
        const item = { id };
        streams.add(item);
        expected.set(id, item);
      } else {
        const known = [...expected.keys()];
        const gone = random.below(10) === 0 ? id + 2 : (known[random.below(known.length || 1)] ?? 1);
        streams.delete(gone);
        expected.delete(gone);
      }
      const looked = random.below(id);
      expect(streams.get(looked)).toBe(expected.get(looked));
      expect(streams.size).toBe(expected.size);
    }
    for (const [id, item] of expected) expect(streams.get(id)).toBe(item);
    expect(idsOf(streams).sort((a, b) => a - b)).toEqual([...expected.keys()]);
  });

  it("finds each of many that were numbered to be in each other's way", () => {
    const streams = new OpenStreams<Item>();
    const ids = Array.from({ length: 1000 }, (_, at) => 1 + 65_536 * at);
    for (const id of ids) streams.add({ id });
    expect(ids.every((id) => streams.get(id)?.id === id)).toBe(true);
    for (const id of ids) streams.delete(id);
    expect([streams.size, idsOf(streams)]).toEqual([0, []]);
  });

  it("goes through those that were open when it was asked, whatever ends meanwhile", () => {
    const streams = new OpenStreams<Item>();
    for (const id of [1, 3, 5]) streams.add({ id });
    const seen: number[] = [];
    for (const { id } of streams.all()) {
      seen.push(id);
      for (const ended of [1, 3, 5]) streams.delete(ended);
      streams.add({ id: id + 100 });
    }
    expect(seen).toEqual([1, 3, 5]);
  });
});
