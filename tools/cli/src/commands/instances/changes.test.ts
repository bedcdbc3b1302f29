import { describe, expect, it } from "vitest";
import { listed, snapshotOf, status, unreadable } from "../../testing/rows.ts";
import { changeJson, changeLine, changesBetween } from "./changes.ts";
import type { Snapshot } from "./snapshot.ts";

const now = new Date("2026-11-21T00:00:09Z");
const lines = (before: Snapshot | undefined, after: Snapshot): string[] =>
  changesBetween(before, after).map((change) => changeLine(change, after, now).replace("2026-11-21T00:00:09Z ", ""));

const nothing = snapshotOf([]);
const [a, b] = [listed("user", "a", "host:1"), listed("user", "b", "host:2")];
const dead = { tag: "no answer", reason: "connect ECONNREFUSED" } as const;

describe("changesBetween", () => {
  it("tells the first list with all that is in it", () => {
    const first = snapshotOf([
      { ...a, health: undefined },
      { ...unreadable("user", "odd", "not UTF-8"), health: undefined },
    ]);
    expect(lines(undefined, first)).toEqual([
      "etcd http://localhost:2379 lists 2 instances",
      "user/a joined, host:1",
      "user/odd joined, unreadable: not UTF-8",
    ]);
  });

  it("tells who joined, who left, and who moved", () => {
    const before = snapshotOf([{ ...a, health: status("SERVING") }]);
    expect(lines(before, snapshotOf([{ ...b, health: undefined }]))).toEqual([
      "user/a left, host:1",
      "user/b joined, host:2",
    ]);
    expect(lines(before, snapshotOf([{ ...listed("user", "a", "host:3"), health: undefined }]))).toEqual([
      "user/a moved, host:1 -> host:3",
    ]);
  });

  it("tells the first health, and each that is another one", () => {
    const [unknown, well, ill] = [undefined, status("SERVING"), status("NOT_SERVING")].map((health) =>
      snapshotOf([{ ...a, health }]),
    );
    expect(lines(unknown, well ?? nothing)).toEqual(["user/a health SERVING"]);
    expect(lines(well, ill ?? nothing)).toEqual(["user/a health SERVING -> NOT_SERVING"]);
    expect(lines(ill, snapshotOf([{ ...a, health: dead }]))).toEqual([
      "user/a health NOT_SERVING -> no answer (connect ECONNREFUSED)",
    ]);
  });

  it("tells nothing where only seconds and reasons differ", () => {
    const before = snapshotOf([{ ...a, health: dead }]);
    const after = snapshotOf([{ ...a, leaseSecondsLeft: 3, health: { ...dead, reason: "none within 2000 ms" } }]);
    expect(lines(before, after)).toEqual([]);
  });

  it("tells once that etcd is lost, and that it is back", () => {
    const readAt = new Date("2026-11-20T23:59:50Z");
    const lost = snapshotOf([], { list: { tag: "stale", readAt, failure: "etcd cannot be reached" } });
    expect(lines(nothing, lost)).toEqual(["etcd cannot be reached"]);
    expect(lines(lost, lost)).toEqual([]);
    expect(lines(lost, nothing)).toEqual(["etcd http://localhost:2379 answers again, after 10 s"]);
  });

  it("tells the first list also when etcd was lost before it came", () => {
    const asking = snapshotOf([], { list: { tag: "asking" } });
    const lost = snapshotOf([], { list: { tag: "stale", readAt: undefined, failure: "etcd cannot be reached" } });
    expect(lines(undefined, asking)).toEqual([]);
    expect(lines(asking, lost)).toEqual(["etcd cannot be reached"]);
    expect(lines(lost, nothing)).toEqual([
      "etcd http://localhost:2379 answers again",
      "etcd http://localhost:2379 lists no instance",
    ]);
  });
});

describe("changeLine", () => {
  it("begins with the time, and is one line whatever the names are", () => {
    const odd = { ...listed("user", "a\n\u001B[2J", "host:1"), health: undefined };
    expect(changeLine({ tag: "left", row: odd }, nothing, now)).toBe(
      "2026-11-21T00:00:09Z user/a\\u{a}\\u{1b}[2J left, host:1",
    );
  });
});

describe("changeJson", () => {
  it("is the change with its instance, or with the state of the list", () => {
    const after = snapshotOf([{ ...a, health: undefined }]);
    const changes = changesBetween(undefined, after).map((change) => changeJson(change, after, now));
    expect(JSON.parse(JSON.stringify(changes))).toEqual([
      { time: "2026-11-21T00:00:09.000Z", change: "listed", etcd: ["http://localhost:2379"], instances: 1 },
      {
        time: "2026-11-21T00:00:09.000Z",
        change: "joined",
        service: "user",
        id: "a",
        key: "/services/user/a",
        leaseSecondsLeft: 9,
        address: "host:1",
      },
    ]);
  });
});
