import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEtcd, openMemoryRegistry } from "@banyan/registry/testing";
import { describe, expect, it, vi } from "vitest";
import { recordLog } from "../testing/recorded-log.ts";
import { watchTraffic } from "./watch-traffic.ts";

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 5 });

function open(etcd: MemoryEtcd, stateFolder?: string) {
  const registry = openMemoryRegistry({ etcd });
  const { log, lines } = recordLog();
  const live = watchTraffic(registry, "user", { log, stateFolder });
  return {
    live,
    lines,
    async [Symbol.asyncDispose]() {
      await live[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}

async function scratchFolder() {
  const path = await mkdtemp(join(tmpdir(), "traffic-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

describe("watchTraffic", () => {
  it("begins with the legacy and paused writes, until etcd has said that there is no rule", async () => {
    await using world = open(new MemoryEtcd());
    const { live } = world;
    expect(live.current.rule).toMatchObject({ mode: "off", writes: { owner: "legacy", pause: { seconds: 2 } } });
    await live.ready;
    expect(live.current.rule.writes).toEqual({ owner: "legacy", epoch: 0 });
    expect(world.lines).toEqual([]);
  });

  it("follows the rule, with the revision at which it was written", async () => {
    const etcd = new MemoryEtcd();
    etcd.put("/traffic/user", '{"mode":"split","percent":5}');
    await using world = open(etcd);
    const { live } = world;
    await live.ready;
    expect(live.current).toMatchObject({ rule: { mode: "split", percent: 5 }, revision: 2n });
    const seen: unknown[] = [];
    const unsubscribe = live.subscribe(({ rule, revision }) => seen.push([rule.percent, revision]));
    etcd.put("/traffic/user", '{"mode":"split","percent":25}');
    await eventually(() => expect(seen).toEqual([[25, 3n]]));
    unsubscribe();
    etcd.delete("/traffic/user");
    await eventually(() => expect(live.current.rule.mode).toBe("off"));
    expect(seen).toHaveLength(1);
  });

  it("goes on with the last good rule after one that is refused, and says once which field it was", async () => {
    const etcd = new MemoryEtcd();
    etcd.put("/traffic/user", '{"mode":"split","percent":5}');
    await using world = open(etcd);
    const { live } = world;
    await live.ready;
    etcd.put("/traffic/user", '{"mode":"split","percent":500}');
    await eventually(() => expect(world.lines.filter(({ level }) => level === "warn")).toHaveLength(1));
    etcd.stop();
    etcd.start();
    etcd.put("/traffic/user", '{"mode":"split","percent":6}');
    await eventually(() => expect(live.current.rule.percent).toBe(6));
    expect(world.lines.filter(({ level }) => level === "warn")).toEqual([
      {
        level: "warn",
        fields: { callee: "user", revision: "3", error: "percent: expected a number in [0, 100], got 500" },
        message: "traffic rule is refused; the last good one goes on",
      },
    ]);
  });

  it("begins with the last rule that it saw, when etcd is down", async () => {
    await using folder = await scratchFolder();
    const etcd = new MemoryEtcd();
    etcd.put("/traffic/user", '{"mode":"all","writes":{"owner":"candidate","epoch":4}}');
    {
      await using before = open(etcd, folder.path);
      await before.live.ready;
    }
    expect(JSON.parse(await readFile(join(folder.path, "traffic/user.json"), "utf8"))).toEqual({
      mode: "all",
      writes: { owner: "candidate", epoch: 4 },
    });
    etcd.stop();
    await using world = open(etcd, folder.path);
    const { live } = world;
    expect(live.current.rule).toMatchObject({ mode: "all", writes: { owner: "candidate", epoch: 4 } });
    expect(live.current.revision).toBeUndefined();
    etcd.start();
    await eventually(() => expect(live.current.revision).toBe(2n));
  });

  it("keeps the rule of the file when etcd has lost its own, and the candidate owns the writes", async () => {
    await using folder = await scratchFolder();
    await mkdir(join(folder.path, "traffic"));
    await writeFile(join(folder.path, "traffic/user.json"), '{"mode":"all","writes":{"owner":"candidate","epoch":4}}');
    await using world = open(new MemoryEtcd(), folder.path);
    await world.live.ready;
    expect(world.live.current.rule).toMatchObject({ mode: "all", writes: { owner: "candidate", epoch: 4 } });
    expect(world.live.current.rule.writes.pause).toBeUndefined();
    expect(world.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
  });

  it("warns of a file that is no rule, and begins with the legacy", async () => {
    await using folder = await scratchFolder();
    await mkdir(join(folder.path, "traffic"));
    await writeFile(join(folder.path, "traffic/user.json"), "{]");
    await using world = open(new MemoryEtcd(), folder.path);
    expect(world.live.current.rule.mode).toBe("off");
    expect(world.lines).toEqual([expect.objectContaining({ level: "warn" })]);
  });

  it("is ready after 2 seconds without etcd", async () => {
    const etcd = new MemoryEtcd();
    etcd.stop();
    await using world = open(etcd);
    await world.live.ready;
    expect(world.live.current.rule.mode).toBe("off");
  });
});
