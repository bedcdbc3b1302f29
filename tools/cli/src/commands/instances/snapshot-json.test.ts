import { expect, it } from "vitest";
import { listed, snapshotOf, status, unreadable } from "../../testing/rows.ts";
import { snapshotJson } from "./snapshot-json.ts";

it("is what the table shows, in fields", () => {
  const startedAt = new Date("2026-11-20T12:00:00Z");
  const rows = [
    { ...listed("user", "a", "host:1", { zone: "eu-1" }), health: status("SERVING", startedAt) },
    { ...listed("user", "b", "host:2"), health: { tag: "no answer", reason: "none within 2000 ms" } as const },
    { ...listed("user", "c", "host:3"), health: { tag: "unknown service" } as const },
    { ...unreadable("user", "d", "not UTF-8"), health: undefined },
  ];
  expect(JSON.parse(JSON.stringify(snapshotJson(snapshotOf(rows))))).toEqual({
    etcd: ["http://localhost:2379"],
    readAt: "2026-11-21T00:00:00.000Z",
    instances: [
      {
        service: "user",
        id: "a",
        key: "/services/user/a",
        leaseSecondsLeft: 9,
        address: "host:1",
        zone: "eu-1",
        health: "SERVING",
        startedAt: "2026-11-20T12:00:00.000Z",
      },
      {
        service: "user",
        id: "b",
        key: "/services/user/b",
        leaseSecondsLeft: 9,
        address: "host:2",
        health: "no answer",
        reason: "none within 2000 ms",
      },
      {
        service: "user",
        id: "c",
        key: "/services/user/c",
        leaseSecondsLeft: 9,
        address: "host:3",
        health: "unknown service",
      },
      { service: "user", id: "d", key: "/services/user/d", unreadable: "not UTF-8" },
    ],
  });
});
