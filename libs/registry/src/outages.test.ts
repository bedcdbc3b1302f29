import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { within } from "./deadline.ts";
import { openEtcdWorld, type EtcdWorld } from "./testing/etcd-world.ts";

const endpoint = { address: "127.0.0.1:50051" };
const ttlSeconds = 5;

/** The bound within which everything is right again once etcd can be reached, in milliseconds. */
const recoveryMs = 5000;

/** How long a Node process may take to come up on a busy machine, in milliseconds. */
const startUpMs = 10_000;

const eventually = (assertion: () => unknown, timeout = recoveryMs) => vi.waitFor(assertion, { timeout, interval: 20 });

/** One instance that is announced, and another process that watches. */
async function openPair(world: EtcdWorld, LEASE_TTL_SECONDS = ttlSeconds) {
  const announcing = world.open({ INSTANCE_ID: "a", LEASE_TTL_SECONDS });
  const watching = world.open();
  const announcement = announcing.announce("user", endpoint);
  const watch = watching.watch("user");
  const isListed = (): void => expect(watch.instances).toEqual([{ id: "a", address: endpoint.address }]);
  const isAnnounced = async (): Promise<void> => {
    expect(announcement.state.tag).toBe("live");
    expect(await world.get(announcement.key)).toBe(endpoint.address);
    isListed();
  };
  await eventually(isListed);
  return {
    announcement,
    watch,
    isListed,
    isAnnounced,
    async [Symbol.asyncDispose]() {
      await announcing[Symbol.asyncDispose]();
      await watching[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent("outages of etcd", () => {
  it("kill -9 and restart: nobody leaves the list, and the lease goes on", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world, 30);
    const lease = await world.gateway.leaseOf(pair.announcement.key);
    const lists: number[] = [];
    pair.watch.subscribe((instances) => lists.push(instances.length));
    await world.etcd.kill("SIGKILL");
    await sleep(2500);
    pair.isListed();
    await world.start();
    await eventually(() => expect(pair.watch.state.tag).toBe("watching"));
    await eventually(pair.isAnnounced);
    expect(await world.gateway.leaseOf(pair.announcement.key)).toBe(lease);
    expect(lists).toEqual([]);
    // Two processes tell of the outage and of its end, each of them once, but for a slow start of etcd.
    const told = (message: string) => world.log.loud.filter((line) => line.message.startsWith(message)).length;
    await eventually(() => expect(told("etcd answers again")).toBeGreaterThanOrEqual(2));
    expect(told("etcd does not answer")).toBeGreaterThanOrEqual(2);
    expect(told("etcd does not answer")).toBeLessThan(6);
  });

  it("frozen for longer than the TTL: announced again under a new lease", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world);
    const lease = await world.gateway.leaseOf(pair.announcement.key);
    await world.etcd.kill("SIGSTOP");
    await sleep(ttlSeconds * 1000 + 2500);
    expect(["lost", "waiting", "granting"]).toContain(pair.announcement.state.tag);
    pair.isListed();
    await world.etcd.kill("SIGCONT");
    await eventually(pair.isAnnounced);
    expect(await world.gateway.leaseOf(pair.announcement.key)).not.toBe(lease);
  });

  it("stopped for longer than the TTL: announced again", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world);
    await world.stop();
    await sleep(ttlSeconds * 1000 + 500);
    await world.start();
    await eventually(pair.isAnnounced);
  });

  it("all data wiped: announced again, and those who watch follow the new history", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world);
    for (let i = 0; i < 200; i++) await world.put("/services/other/x", `h:${i + 1}`);
    await world.wipe();
    await eventually(pair.isAnnounced);
    await world.put("/services/user/b", "h:1");
    await eventually(() => expect(pair.watch.instances).toHaveLength(2));
  });

  it("compaction while nobody watches: those who watch miss nothing", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world);
    await world.put("/services/user/b", "h:1");
    await eventually(() => expect(pair.watch.instances).toHaveLength(2));
    await world.etcd.kill("SIGKILL");
    await world.start();
    await world.delete("/services/user/b");
    await world.put("/services/user/c", "h:2");
    await world.gateway.compact();
    await eventually(() => expect(pair.watch.instances.map(({ id }) => id)).toEqual(["a", "c"]));
    await world.put("/services/user/d", "h:3");
    await eventually(() => expect(pair.watch.instances).toHaveLength(3));
  });

  it("one of several members away: no outage at all", async () => {
    await using world = await openEtcdWorld();
    await using registry = world.open({ ETCD_ENDPOINTS: [await closedEndpoint(), world.etcd.endpoint] });
    const announcement = registry.announce("user", endpoint);
    const watch = registry.watch("user");
    await announcement.announced;
    await eventually(() => expect(watch.instances).toHaveLength(1));
    expect(world.log.loud.filter(({ level }) => level === "warn")).toEqual([]);
  });

  it("outage after outage: announced after each", async () => {
    await using world = await openEtcdWorld();
    await using pair = await openPair(world);
    for (let outage = 0; outage < 5; outage++) {
      await world.etcd.kill("SIGKILL");
      await sleep(outage * 100);
      await world.start();
      await eventually(pair.isAnnounced);
    }
  });
});

describe.concurrent("a process with a registry", () => {
  const entry = JSON.stringify(new URL("./index.ts", import.meta.url).href);
  const program = `
    import { openRegistry } from ${entry};
    const log = { info() {}, warn() {}, debug() {} };
    const registry = openRegistry({ ETCD_ENDPOINTS: [process.argv[1]], BANYAN_ENV: "development" }, { log });
    registry.watch("user");
    registry.announce("user", { address: "127.0.0.1:50051" });
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.destroy();
    await registry[Symbol.asyncDispose]();
    console.log("disposed");`;

  /** Runs the program, and lets it dispose of its registry after `before`. */
  const runProgram = async (etcd: string, before: () => Promise<unknown>): Promise<void> => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program, etcd]);
    try {
      const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
      const ended = once(child, "exit");
      await before();
      child.stdin.write("\n");
      expect(await within(8000, ended)).toEqual([0, null]);
      expect(await outputs).toEqual(["disposed\n", ""]);
    } finally {
      child.kill("SIGKILL");
    }
  };

  it("ends when it has disposed of it", async () => {
    await using world = await openEtcdWorld();
    await runProgram(world.etcd.endpoint, () => sleep(500));
  });

  it("ends when it has disposed of it without an etcd", async () => {
    await runProgram(await closedEndpoint(), () => sleep(500));
  });

  it("ends when it has disposed of it while etcd was silent", async () => {
    await using world = await openEtcdWorld();
    await using registry = world.open();
    const watch = registry.watch("user");
    await runProgram(world.etcd.endpoint, async () => {
      await eventually(() => expect(watch.instances).toHaveLength(1), startUpMs);
      await world.etcd.kill("SIGSTOP");
    });
    await world.etcd.kill("SIGCONT");
  });
});

/** An address at which nobody listens. */
async function closedEndpoint(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
