import { describe, expect, it } from "vitest";
import { subsetOf } from "./subset.ts";

const fleet = (size: number) => Array.from({ length: size }, (_, index) => ({ id: `instance-${index}` }));
const clients = Array.from({ length: 1000 }, (_, index) => `client-${index}`);
const idsOf = (instances: readonly { id: string }[]) => instances.map(({ id }) => id);

describe("subsetOf", () => {
  it("is as large as asked, and everybody where there are not more", () => {
    expect(subsetOf(fleet(100), { clientId: "c", size: 20 })).toHaveLength(20);
    expect(subsetOf(fleet(21), { clientId: "c", size: 20 })).toHaveLength(20);
    expect(subsetOf(fleet(20), { clientId: "c", size: 20 })).toEqual(fleet(20));
    expect(subsetOf([], { clientId: "c", size: 20 })).toEqual([]);
  });

  it("is the same for the same client, in whatever order the instances are listed", () => {
    const forwards = idsOf(subsetOf(fleet(100), { clientId: "c", size: 20 }));
    const backwards = idsOf(subsetOf(fleet(100).toReversed(), { clientId: "c", size: 20 }));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it("changes by one instance at most when one of 100 joins or leaves, and for no more clients than had it", () => {
    const before = fleet(100);
    for (const after of [fleet(101), before.filter(({ id }) => id !== "instance-50")]) {
      let changed = 0;
      for (const clientId of clients) {
        const kept = new Set(idsOf(subsetOf(before, { clientId, size: 20 })));
        const news = idsOf(subsetOf(after, { clientId, size: 20 })).filter((id) => !kept.has(id));
        expect(news.length).toBeLessThanOrEqual(1);
        changed += news.length;
      }
      // 200 of 1,000 clients; four standard deviations of chance are 51.
      expect(changed).toBeGreaterThan(149);
      expect(changed).toBeLessThan(251);
    }
  });

  it("gives each of 100 instances its part of 1,000 clients, give or take a quarter", () => {
    const counts = new Map(fleet(100).map(({ id }) => [id, 0]));
    for (const clientId of clients)
      for (const { id } of subsetOf(fleet(100), { clientId, size: 20 })) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(Math.min(...counts.values())).toBeGreaterThan(150);
    expect(Math.max(...counts.values())).toBeLessThan(250);
  });
});
