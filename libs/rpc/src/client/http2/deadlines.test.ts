import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "./deadlines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const deadlines = new Deadlines();
  const expired: string[] = [];
  const dated = (name: string, inMs: number) => {
    const made = { dueMs: performance.now() + inMs, place: -1, expire: () => void expired.push(name) };
    deadlines.add(made);
    return made;
  };
  return { deadlines, expired, dated };
}

describe("Deadlines", () => {
  it("end what is due, in whatever order it came", () => {
    const { expired, dated } = setUp();
    dated("late", 500);
    dated("early", 100);
    dated("between", 300);
    vi.advanceTimersByTime(99);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expired).toEqual(["early"]);
    vi.advanceTimersByTime(400);
    expect(expired).toEqual(["early", "between", "late"]);
  });

  it("leave alone what has ended by itself, and set one timer for all", () => {
    const { deadlines, expired, dated } = setUp();
    const all = Array.from({ length: 100 }, (_, at) => dated(String(at), 100 + at));
    expect(vi.getTimerCount()).toBe(1);
    for (const made of all) deadlines.delete(made);
    vi.advanceTimersByTime(1000);
    expect(expired).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("end those that are left, whichever of the others have ended by themselves", () => {
    const { deadlines, expired, dated } = setUp();
    const [first, , third, , , , last] = Array.from({ length: 7 }, (_, at) => dated(String(at), 100));
    for (const gone of [last, first, third, third]) if (gone !== undefined) deadlines.delete(gone);
    vi.advanceTimersByTime(100);
    expect(expired.toSorted()).toEqual(["1", "3", "4", "5"]);
  });

  it("may be later than a timer of Node can be", () => {
    const { expired, dated } = setUp();
    const days = 86_400_000;
    dated("far", 30 * days);
    vi.advanceTimersByTime(29 * days);
    expect(expired).toEqual([]);
    vi.advanceTimersByTime(days);
    expect(expired).toEqual(["far"]);
  });

  it("take what is made while one ends", () => {
    const { expired, dated, deadlines } = setUp();
    deadlines.add({ dueMs: performance.now() + 10, place: -1, expire: () => void dated("next", 10) });
    vi.advanceTimersByTime(20);
    expect(expired).toEqual(["next"]);
  });
});
