import { describe, expect, it, vi } from "vitest";
import { noLease, type Change, type Entry } from "./etcd/etcd.ts";
import { InstanceTable } from "./instance-table.ts";

const prefix = "/services/user/";

function entry(id: string, value: string, modRevision = 1n): Entry {
  return { key: prefix + id, value: Buffer.from(value), lease: noLease, modRevision };
}

const put = (id: string, value: string, revision?: bigint): Change => ({
  tag: "put",
  entry: entry(id, value, revision),
});
const gone = (id: string): Change => ({ tag: "delete", key: prefix + id });

function newTable() {
  const onUnreadable = vi.fn<(value: object) => void>();
  return { table: new InstanceTable(prefix, onUnreadable), onUnreadable };
}

describe("InstanceTable", () => {
  it("sorts a list by id", () => {
    const { table } = newTable();
    expect(table.replace([entry("b", "h:2"), entry("a", "h:1")])).toEqual({ joined: ["b", "a"], left: [], moved: [] });
    expect(table.snapshot).toEqual([
      { id: "a", address: "h:1" },
      { id: "b", address: "h:2" },
    ]);
  });

  it("says what a list changed, and keeps the objects of those who stayed", () => {
    const { table } = newTable();
    table.replace([entry("a", "h:1"), entry("b", "h:2"), entry("c", "h:3")]);
    const before = table.snapshot;
    const diff = table.replace([entry("b", "h:2"), entry("c", "h:9"), entry("d", "h:4")]);
    expect(diff).toEqual({ joined: ["d"], left: ["a"], moved: ["c"] });
    expect(table.snapshot[0]).toBe(before[1]);
    expect(before).toHaveLength(3);
  });

  it("keeps its snapshot when nothing changed", () => {
    const { table } = newTable();
    table.replace([entry("a", "h:1")]);
    const before = table.snapshot;
    expect(table.replace([entry("a", "h:1", 7n)])).toBeUndefined();
    expect(table.apply([])).toBeUndefined();
    expect(table.apply([gone("z"), gone("x/y")])).toBeUndefined();
    expect(table.apply([gone("a"), put("a", "h:1", 8n)])).toBeUndefined();
    expect(table.snapshot).toBe(before);
  });

  it("takes every change of a batch, in order", () => {
    const { table } = newTable();
    table.replace([entry("a", "h:1")]);
    expect(table.apply([put("b", "h:2"), gone("a"), put("c", "h:3"), gone("c")])).toEqual({
      joined: ["b"],
      left: ["a"],
      moved: [],
    });
    expect(table.snapshot).toEqual([{ id: "b", address: "h:2" }]);
  });

  it("lets a value that cannot be read hide its own instance alone, and reports it once per write", () => {
    const { table, onUnreadable } = newTable();
    table.replace([entry("a", "?", 1n), entry("b", "h:2")]);
    expect(table.snapshot).toEqual([{ id: "b", address: "h:2" }]);
    table.replace([entry("a", "?", 1n), entry("b", "h:2")]);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith({ key: `${prefix}a`, reason: "neither host:port nor JSON" });
    table.apply([put("b", "?", 2n)]);
    expect(table.snapshot).toEqual([]);
    expect(onUnreadable).toHaveBeenCalledTimes(2);
    table.apply([put("b", "h:2", 3n)]);
    expect(table.snapshot).toEqual([{ id: "b", address: "h:2" }]);
  });

  it("takes a key with further slashes for no instance", () => {
    const { table, onUnreadable } = newTable();
    expect(table.replace([entry("a/b", "h:1"), entry("", "h:2")])).toBeUndefined();
    expect(onUnreadable).not.toHaveBeenCalled();
  });

  it("gives out snapshots that cannot be changed", () => {
    const { table } = newTable();
    table.replace([entry("a", "h:1")]);
    expect(Object.isFrozen(table.snapshot)).toBe(true);
    expect(Object.isFrozen(table.snapshot[0])).toBe(true);
  });
});
