import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Instance } from "./instances.ts";
import { KeptInstances } from "./kept-instances.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const instances = (...ids: string[]): Instance[] => ids.map((id) => ({ id, address: `${id}:1` }));
const ids = (list: readonly Instance[]): string[] => list.map(({ id }) => id);

/** Keeps those that answer; who does is up to the test. */
function begin() {
  const answering = new Set<string>();
  const gone: string[] = [];
  const probe = vi.fn(async ({ id }: Instance) => answering.has(id));
  const kept = new KeptInstances({ service: "user", probe, onGone: ({ id }) => gone.push(id) });
  return { answering, gone, probe, kept };
}

describe("KeptInstances", () => {
  it("lets go whom a list lacks when that is half of them or less", async () => {
    const { kept, probe } = begin();
    expect(kept.choose(4, instances("a", "b"))).toEqual([]);
    expect(kept.choose(4, [])).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe).not.toHaveBeenCalled();
  });

  it.each([1, 2, 3])("keeps more than half of %d for as long as they answer", async (known) => {
    const { kept, answering, gone } = begin();
    const missing = instances("a", "b", "c").slice(0, Math.floor(known / 2) + 1);
    for (const { id } of missing) answering.add(id);
    expect(kept.choose(known, missing)).toEqual(missing);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(gone).toEqual([]);
    answering.delete("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(gone).toEqual(["a"]);
    expect(kept.size).toBe(missing.length - 1);
    kept[Symbol.dispose]();
  });

  it("lets go at once who does not answer, and after 2 seconds who says nothing", async () => {
    const { kept, gone, probe } = begin();
    probe.mockImplementation(({ id }) =>
      id === "a" ? Promise.reject(new Error("refused")) : new Promise(() => undefined),
    );
    kept.choose(2, instances("a", "b"));
    await vi.advanceTimersByTimeAsync(0);
    expect(gone).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1999);
    expect(gone).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(gone).toEqual(["a", "b"]);
  });

  it("keeps on keeping when the next list lacks them too, however few that are by then", async () => {
    const { kept, answering } = begin();
    for (const id of ["a", "b", "c"]) answering.add(id);
    kept.choose(3, instances("a", "b", "c"));
    await vi.advanceTimersByTimeAsync(500);
    expect(ids(kept.choose(9, instances("a", "x")))).toEqual(["a"]);
    expect(kept.size).toBe(1);
    kept[Symbol.dispose]();
  });

  it("probes those no more that are listed again", async () => {
    const { kept, answering, gone, probe } = begin();
    answering.add("a").add("b");
    kept.choose(2, instances("a", "b"));
    await vi.advanceTimersByTimeAsync(0);
    kept.release("a");
    answering.clear();
    probe.mockClear();
    await vi.advanceTimersByTimeAsync(5000);
    expect(probe.mock.calls.map(([{ id }]) => id)).toEqual(["b"]);
    expect(gone).toEqual(["b"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes no answer to a question about one who was listed again meanwhile", async () => {
    const { kept, gone, probe } = begin();
    const answer = Promise.withResolvers<boolean>();
    probe.mockReturnValueOnce(answer.promise);
    kept.choose(1, instances("a"));
    kept.release("a");
    answer.resolve(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(gone).toEqual([]);
  });

  it("asks a hundred at a time", async () => {
    const { kept, probe } = begin();
    probe.mockImplementation(() => new Promise(() => undefined));
    kept.choose(250, instances(...Array.from({ length: 250 }, (_, index) => `i${index}`)));
    expect(probe).toHaveBeenCalledTimes(100);
    await vi.advanceTimersByTimeAsync(2000);
    expect(probe).toHaveBeenCalledTimes(200);
    kept[Symbol.dispose]();
  });

  it("ends with its disposal", async () => {
    const { kept, gone, probe } = begin();
    probe.mockImplementation(() => new Promise(() => undefined));
    kept.choose(1, instances("a"));
    kept[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gone).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
