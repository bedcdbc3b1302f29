import { describe, expect, it } from "vitest";
import { listed, snapshotOf, status, unreadable } from "../../testing/rows.ts";
import { snapshotTable } from "./snapshot-table.ts";

const midnight = new Date("2026-11-21T00:00:00Z");
const later = new Date("2026-11-21T00:02:05Z");

describe("snapshotTable", () => {
  it("says which etcd it is of, when it was read, and how many there are", () => {
    const rows = [{ ...listed("user", "a", "10.0.0.7:50051"), health: status("SERVING", midnight) }];
    expect(snapshotTable(snapshotOf(rows), later)).toEqual([
      "etcd http://localhost:2379, read at 2026-11-21T00:00:00Z",
      "",
      "service  instance  address         lease left  health   age",
      "user     a         10.0.0.7:50051  9 s         SERVING  2 m 5 s",
      "",
      "1 instance listed",
    ]);
  });

  it("shows what cannot be read, what does not answer, and what has no lease, with the reasons", () => {
    const rows = [
      { ...listed("user", "dead", "host:1"), health: { tag: "no answer", reason: "connect ECONNREFUSED" } as const },
      { ...listed("user", "new", "host:2"), health: undefined },
      { ...unreadable("user", "odd", "not UTF-8"), health: undefined },
      { ...listed("user", "other", "host:3"), health: { tag: "unknown service" } as const },
      { ...listed("user", "quiet", "host:4"), health: status("NOT_SERVING") },
    ];
    expect(snapshotTable(snapshotOf(rows), later).slice(2, -2)).toEqual([
      "service  instance  address  lease left  health           age  note",
      "user     dead      host:1   9 s         no answer        –    connect ECONNREFUSED",
      "user     new       host:2   9 s         …                –    –",
      "user     odd       –        no lease    –                –    unreadable: not UTF-8",
      "user     other     host:3   9 s         unknown service  –    –",
      "user     quiet     host:4   9 s         NOT_SERVING      –    –",
    ]);
  });

  it("has columns for zone, version and weight only where an instance tells them", () => {
    const told = { ...listed("user", "a", "host:1", { zone: "eu-1", weight: 20 }), health: status("SERVING") };
    const untold = { ...listed("user", "b", "host:2"), health: status("SERVING") };
    expect(snapshotTable(snapshotOf([told, untold]), later).slice(2, -2)).toEqual([
      "service  instance  address  lease left  health   age  zone  weight",
      "user     a         host:1   9 s         SERVING  –    eu-1  20",
      "user     b         host:2   9 s         SERVING  –    –     –",
    ]);
  });

  it("has no table where nothing is listed, and says of which service", () => {
    expect(snapshotTable(snapshotOf([], { service: "user" }), later)).toEqual([
      "etcd http://localhost:2379, read at 2026-11-21T00:00:00Z",
      "",
      "no instance of user listed",
    ]);
  });

  it("says why the list is not the current one, and how old it is", () => {
    const list = { tag: "stale", readAt: midnight, failure: "etcd cannot be reached" } as const;
    expect(snapshotTable(snapshotOf([], { list }), later)).toEqual([
      "etcd cannot be reached",
      "the list is 2 m 5 s old, read at 2026-11-21T00:00:00Z; health is asked now",
      "",
      "no instance listed",
    ]);
  });

  it("does not say that nothing is listed while that is not known", () => {
    const list = { tag: "stale", readAt: undefined, failure: "etcd cannot be reached" } as const;
    expect(snapshotTable(snapshotOf([], { list }), later).join("\n").trim()).toBe("etcd cannot be reached");
    const asking = snapshotTable(snapshotOf([], { list: { tag: "asking" } }), later);
    expect(asking.join("\n").trim()).toBe("etcd http://localhost:2379, asked for the first time");
  });
});
