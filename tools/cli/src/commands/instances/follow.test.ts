import { EtcdUnreachableError, type ListedInstance } from "@banyan/registry";
import { describe, expect, it } from "vitest";
import { listed, status } from "../../testing/rows.ts";
import { follow, type FollowOptions } from "./follow.ts";
import type { Snapshot } from "./snapshot.ts";

const instance = listed("user", "a", "host:1");

/** Follows, with a question every 5 ms, until a snapshot is as it is wished for. */
async function followUntil(
  wished: (snapshot: Snapshot) => boolean,
  list: () => Promise<readonly ListedInstance[]>,
  more: Partial<FollowOptions> = {},
): Promise<Snapshot> {
  const enough = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Snapshot>();
  const show = (snapshot: Snapshot): void => {
    if (!wished(snapshot)) return;
    resolve(snapshot);
    enough.abort();
  };
  const ask = async () => status("SERVING");
  const options = { catalog: { list }, endpoints: ["http://etcd:2379"], service: undefined, ask, show, everyMs: 5 };
  await follow({ ...options, ...more }, AbortSignal.any([enough.signal, AbortSignal.timeout(10_000)]));
  return promise;
}

const unreachable = () => Promise.reject(new EtcdUnreachableError("no connection"));

describe("follow", () => {
  it("shows the list as it becomes, with the health of each", async () => {
    const lists = [[], [instance]];
    const shown = await followUntil(
      ({ rows }) => rows[0]?.health !== undefined,
      async () => lists.shift() ?? [instance],
    );
    expect(shown).toMatchObject({ list: { tag: "current" }, rows: [{ ...instance, health: status("SERVING") }] });
  });

  it("goes on with the last list while etcd cannot be reached, and comes back", async () => {
    const states: string[] = [];
    const answers = [async () => [instance], unreachable, unreachable, async () => []];
    const last = await followUntil(
      ({ list, rows }) => {
        states.push(`${list.tag} ${rows.length}`);
        return list.tag === "current" && rows.length === 0;
      },
      () => (answers.shift() ?? unreachable)(),
    );
    expect([...new Set(states)]).toEqual(["current 1", "stale 1", "current 0"]);
    expect(last.list.tag).toBe("current");
  });

  it("says why it has no list when it never had one", async () => {
    const { list, rows } = await followUntil((snapshot) => snapshot.list.tag === "stale", unreachable);
    expect(list).toMatchObject({
      readAt: undefined,
      failure: expect.stringContaining("http://etcd:2379 cannot be reached"),
    });
    expect(rows).toEqual([]);
  });

  it("shows health as it changes while etcd does not answer at all", async () => {
    const lists = [Promise.resolve([instance])];
    const healths = ["SERVING"];
    const shown = await followUntil(
      ({ rows }) => rows[0]?.health?.tag === "status" && rows[0].health.status === "NOT_SERVING",
      () => lists.shift() ?? new Promise<never>(() => undefined),
      { ask: async () => status(healths.shift() ?? "NOT_SERVING") },
    );
    expect(shown.rows).toHaveLength(1);
  });

  it("ends when it is told to, whatever it waits for", async () => {
    const never = () => new Promise<never>(() => undefined);
    const shown = await followUntil(({ list }) => list.tag === "asking", never, { ask: never });
    expect(shown.rows).toEqual([]);
  });
});
