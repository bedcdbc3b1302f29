import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { AddressError } from "../address.ts";
import { AnnouncementWithdrawnError, InstanceTakenError } from "../announcement.ts";
import type { AnnounceConfig } from "../environment.ts";
import type { Instance } from "../instances.ts";
import type { Registry } from "../registry.ts";

/** A store of instances, with an operator's hands on it. */
export interface RegistryWorld extends AsyncDisposable {
  /** A registry as one more process has it. */
  open(config?: AnnounceConfig): Registry;
  /** Writes a key as a foreign program does; with a TTL, under a lease that nobody renews. */
  put(key: string, value: string | Uint8Array, ttlSeconds?: number): Promise<void>;
  get(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
  revokeLeaseOf(key: string): Promise<void>;
  /** Answers nobody, until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const endpoint = { address: "127.0.0.1:50051" };
/** Waits until the assertion holds, 5 seconds at most. */
const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 20 });

const idsIn = ({ instances }: { readonly instances: readonly Instance[] }): string[] => instances.map(({ id }) => id);

/** A serving status that a test sets. */
function switchable(initially: boolean) {
  let serving = initially;
  const listeners = new Set<(serving: boolean) => void>();
  return {
    get watchers() {
      return listeners.size;
    },
    watch: (listener: (serving: boolean) => void): (() => void) => {
      listeners.add(listener);
      listener(serving);
      return () => listeners.delete(listener);
    },
    set(next: boolean): void {
      serving = next;
      for (const listener of listeners) listener(next);
    },
  };
}

/** What every registry promises. A test has a world of its own, so that they can run side by side. */
export function registryContract(what: string, openWorld: () => Promise<RegistryWorld>): void {
  describe.concurrent(`${what}: announce`, () => {
    it("lists the instance for those who watch, and takes it away when it is disposed", async () => {
      await using world = await openWorld();
      await using watching = world.open();
      const watch = watching.watch("user");
      await using registry = world.open({ INSTANCE_ID: "instance-1" });
      expect(registry.instanceId).toBe("instance-1");
      const announcement = registry.announce("user", endpoint);
      expect(announcement.key).toBe("/services/user/instance-1");
      expect(announcement.state.tag).not.toBe("live");

      await announcement.announced;
      expect(announcement.state.tag).toBe("live");
      expect(await world.get(announcement.key)).toBe("127.0.0.1:50051");
      await eventually(() => expect(watch.instances).toEqual([{ id: "instance-1", address: "127.0.0.1:50051" }]));

      await announcement[Symbol.asyncDispose]();
      expect(announcement.state).toEqual({ tag: "withdrawn" });
      expect(await world.get(announcement.key)).toBeUndefined();
      await eventually(() => expect(watch.instances).toEqual([]));
    });

    it("stops serving before the instance goes, and waits for the news to spread after it", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const steps: string[] = [];
      const stopServing = (): number => steps.push(`stopped while ${announcement.state.tag}`);
      const announcement = registry.announce("user", { ...endpoint, stopServing }, { spreadMs: 2000 });
      await announcement.announced;

      const disposal = announcement[Symbol.asyncDispose]().then(() => steps.push("disposed"));
      await eventually(async () => expect(await world.get(announcement.key)).toBeUndefined());
      expect(steps).toEqual(["stopped while live"]);
      await disposal;
      expect(steps).toEqual(["stopped while live", "disposed"]);
    });

    it("gives every process an id of its own", async () => {
      await using world = await openWorld();
      await using one = world.open();
      await using other = world.open();
      const announcements = [one.announce("user", endpoint), other.announce("user", endpoint)];
      await Promise.all(announcements.map(({ announced }) => announced));
      const watch = one.watch("user");
      await eventually(() => expect(watch.instances).toHaveLength(2));
      expect(idsIn(watch)).toEqual([one.instanceId, other.instanceId].toSorted());
    });

    it("puts the key back when somebody deletes it or its lease is revoked", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const { key, announced } = registry.announce("user", endpoint);
      await announced;
      await world.delete(key);
      await eventually(async () => expect(await world.get(key)).toBe(endpoint.address));
      await world.revokeLeaseOf(key);
      await eventually(async () => expect(await world.get(key)).toBe(endpoint.address));
    });

    it("takes the key away while the endpoint does not serve, and puts it back under the same lease", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const serving = switchable(true);
      const announcement = registry.announce("user", { ...endpoint, watchServing: serving.watch });
      const { key } = announcement;
      await announcement.announced;
      const { state } = announcement;
      for (let round = 0; round < 3; round++) {
        serving.set(false);
        await eventually(async () => expect(await world.get(key)).toBeUndefined());
        await eventually(() => expect(announcement.state).toEqual({ ...state, tag: "unhealthy" }));
        serving.set(true);
        await eventually(async () => expect(await world.get(key)).toBe(endpoint.address));
        await eventually(() => expect(announcement.state).toEqual(state));
      }
      await announcement[Symbol.asyncDispose]();
      expect(serving.watchers).toBe(0);
    });

    it("announces only when the endpoint serves for the first time", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const serving = switchable(false);
      const announcement = registry.announce("user", { ...endpoint, watchServing: serving.watch });
      await eventually(() => expect(announcement.state.tag).toBe("unhealthy"));
      expect(await world.get(announcement.key)).toBeUndefined();
      serving.set(true);
      await announcement.announced;
      expect(await world.get(announcement.key)).toBe(endpoint.address);
    });

    it("leaves the key of another process alone while the endpoint does not serve", async () => {
      await using world = await openWorld();
      await using registry = world.open({ INSTANCE_ID: "a" });
      const serving = switchable(false);
      await world.put("/services/user/a", "10.0.0.7:1");
      const announcement = registry.announce("user", { ...endpoint, watchServing: serving.watch });
      await eventually(() => expect(announcement.state.tag).toBe("unhealthy"));
      expect(await world.get(announcement.key)).toBe("10.0.0.7:1");
    });

    it("tells more than the address where that is wanted", async () => {
      await using world = await openWorld();
      const told = { INSTANCE_VERSION: "1.4.0", INSTANCE_ZONE: "a", INSTANCE_WEIGHT: 20 };
      await using registry = world.open({ INSTANCE_ID: "a", REGISTRY_RECORD: "endpoint", ...told });
      const before = new Date().toISOString();
      const { key, announced } = registry.announce("user", endpoint);
      await announced;
      expect(JSON.parse((await world.get(key)) ?? "")).toMatchObject({ Addr: endpoint.address, id: "a", name: "user" });
      const watch = registry.watch("user");
      await eventually(() =>
        expect(watch.instances).toEqual([
          { id: "a", ...endpoint, version: "1.4.0", zone: "a", weight: 20, since: expect.any(String) },
        ]),
      );
      const since = watch.instances[0]?.since ?? "";
      expect(since >= before && since <= new Date().toISOString()).toBe(true);
    });

    it("begins without the store, and announces when it is there", async () => {
      await using world = await openWorld();
      await world.stop();
      await using registry = world.open();
      const watch = registry.watch("user");
      const announcement = registry.announce("user", endpoint);
      await eventually(() => expect(announcement.state.tag).toBe("waiting"));
      expect(watch.instances).toEqual([]);
      await world.start();
      await announcement.announced;
      await eventually(() => expect(watch.instances).toHaveLength(1));
    });

    it("can be taken back before the store was ever there", async () => {
      await using world = await openWorld();
      await world.stop();
      await using registry = world.open();
      const announcement = registry.announce("user", endpoint);
      await announcement[Symbol.asyncDispose]();
      expect(announcement.state).toEqual({ tag: "withdrawn" });
      await expect(announcement.announced).rejects.toThrow(AnnouncementWithdrawnError);
      await world.start();
      await sleep(300);
      expect(await world.get(announcement.key)).toBeUndefined();
    });

    it("waits for the ghost of an earlier process to go, and takes its place", async () => {
      await using world = await openWorld();
      await world.put("/services/user/fixed", "10.0.0.7:1", 5);
      await using registry = world.open({ INSTANCE_ID: "fixed", LEASE_TTL_SECONDS: 5 });
      const announcement = registry.announce("user", endpoint);
      await announcement.announced;
      expect(await world.get(announcement.key)).toBe(endpoint.address);
    });

    it("is an InstanceTakenError after one TTL when another live process has the id, until that one goes", async () => {
      await using world = await openWorld();
      await using first = world.open({ INSTANCE_ID: "fixed", LEASE_TTL_SECONDS: 5 });
      const earlier = first.announce("user", endpoint);
      await earlier.announced;
      await using second = world.open({ INSTANCE_ID: "fixed", LEASE_TTL_SECONDS: 5 });
      const later = second.announce("user", { address: "127.0.0.1:50052" });
      await expect(later.announced).rejects.toThrow(new InstanceTakenError(earlier.key, endpoint.address));
      expect(later.state).toEqual({ tag: "taken", holder: endpoint.address });
      expect(await world.get(earlier.key)).toBe(endpoint.address);

      await earlier[Symbol.asyncDispose]();
      await eventually(async () => expect(await world.get(later.key)).toBe("127.0.0.1:50052"));
    });

    it("holds one announcement of a service, and takes another when that one is withdrawn", async () => {
      await using world = await openWorld();
      await using registry = world.open({ INSTANCE_ID: "a" });
      const first = registry.announce("user", endpoint);
      expect(() => registry.announce("user", endpoint)).toThrow("/services/user/a is announced already");
      await first.announced;
      await first[Symbol.asyncDispose]();
      const second = registry.announce("user", endpoint);
      await second.announced;
      expect(await world.get(second.key)).toBe(endpoint.address);
    });

    it("refuses what it cannot announce", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      expect(() => registry.announce("a/b", endpoint)).toThrow(TypeError);
      expect(() => registry.announce("user", { address: "0.0.0.0:50051" })).toThrow(AddressError);
      expect(() => registry.announce("user", { address: "10.0.0.7" })).toThrow(AddressError);
      expect(() => registry.announce("user", endpoint, { ttlSeconds: 4 })).toThrow(RangeError);
      expect(() => registry.announce("user", endpoint, { ttlSeconds: 61 })).toThrow(RangeError);
      expect(() => registry.announce("user", endpoint, { ttlSeconds: 7.5 })).toThrow(RangeError);
      expect(() => registry.announce("user", endpoint, { spreadMs: -1 })).toThrow(RangeError);
      expect(() => registry.announce("user", endpoint, { spreadMs: 60_001 })).toThrow(RangeError);
    });
  });

  describe.concurrent(`${what}: watch`, () => {
    it("tells its subscribers of every change, and those who have left of none", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const watch = registry.watch("user");
      const news: (readonly Instance[])[] = [];
      const unsubscribe = watch.subscribe((instances) => news.push(instances));
      await world.put("/services/user/b", "h:2");
      await eventually(() => expect(news).toEqual([[{ id: "b", address: "h:2" }]]));
      await world.put("/services/user/a", "h:1");
      await eventually(() => expect(news).toHaveLength(2));
      expect(news[1]?.map(({ id }) => id)).toEqual(["a", "b"]);
      expect(news[1]).toBe(watch.instances);
      expect(news[1]?.[1]).toBe(news[0]?.[0]);

      unsubscribe();
      await world.delete("/services/user/a");
      await eventually(() => expect(watch.instances).toHaveLength(1));
      expect(news).toHaveLength(2);
    });

    it("goes on when a listener throws", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const watch = registry.watch("user");
      const news: (readonly Instance[])[] = [];
      watch.subscribe(() => {
        throw new Error("listener");
      });
      watch.subscribe((instances) => news.push(instances));
      await world.put("/services/user/a", "h:1");
      await eventually(() => expect(news).toHaveLength(1));
    });

    it("sees the instances of its own service alone", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      await world.put("/services/user-admin/1", "h:1");
      await world.put("/services/user/a/b", "h:2");
      await world.put("/services/user/a/", "h:2");
      await world.put("/services/user", "h:3");
      await world.put("/services/user/real", "h:4");
      const watch = registry.watch("user");
      await eventually(() => expect(watch.instances).toEqual([{ id: "real", address: "h:4" }]));
      await world.put("/services/user-admin/2", "h:1");
      await world.put("/services/user/real-2", "h:5");
      await eventually(() => expect(idsIn(watch)).toEqual(["real", "real-2"]));
    });

    it("lets a value that it cannot read hide that instance alone", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      await world.put("/services/user/good", "h:1");
      await world.put("/services/user/bytes", Buffer.from([0xff, 0xfe, 0x00]));
      await world.put("/services/user/json", "{]");
      await world.put("/services/user/large", "x".repeat(2 ** 20));
      const watch = registry.watch("user");
      await eventually(() => expect(idsIn(watch)).toEqual(["good"]));
      await world.put("/services/user/large-2", "y".repeat(2 ** 20));
      await world.put("/services/user/go", '{"Op":0,"Addr":"10.0.0.7:50051"}');
      await eventually(() => expect(idsIn(watch)).toEqual(["go", "good"]));
      await world.put("/services/user/good", "no address");
      await eventually(() => expect(watch.instances).toEqual([{ id: "go", address: "10.0.0.7:50051" }]));
    });

    it("tells for how long the store has not confirmed the list", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const watch = registry.watch("user");
      expect(watch.ageMs).toBeUndefined();
      await eventually(() => expect(watch.state.tag).toBe("watching"));
      await world.stop();
      await eventually(() => expect(watch.ageMs).toBeGreaterThan(500));
      await world.start();
      await eventually(() => expect(watch.ageMs).toBeLessThan(500));
    });

    it("is told with the announcements by the registry's status", async () => {
      await using world = await openWorld();
      await using registry = world.open({ INSTANCE_ID: "a" });
      expect(registry.status()).toEqual({ announcements: [], lists: [] });
      const announcement = registry.announce("user", endpoint);
      const watch = registry.watch("user");
      await announcement.announced;
      await eventually(() => expect(watch.instances).toHaveLength(1));
      await eventually(() =>
        expect(registry.status()).toEqual({
          announcements: [{ key: "/services/user/a", state: "live" }],
          lists: [{ service: "user", state: "watching", instances: 1, ageMs: expect.any(Number) }],
        }),
      );
      await world.stop();
      await eventually(() =>
        expect(registry.status().lists).toMatchObject([{ state: "waiting", cause: expect.any(String) }]),
      );
      await watch[Symbol.asyncDispose]();
      expect(registry.status().lists).toEqual([]);
    });

    it("keeps the last known list while the store is away, and is right again after", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      await world.put("/services/user/a", "h:1");
      const watch = registry.watch("user");
      await eventually(() => expect(watch.state.tag).toBe("watching"));
      const before = watch.instances;
      await world.stop();
      await eventually(() => expect(watch.state.tag).toBe("waiting"));
      expect(watch.instances).toBe(before);
      await world.start();
      await world.put("/services/user/b", "h:2");
      await eventually(() => expect(idsIn(watch)).toEqual(["a", "b"]));
      expect(watch.instances[0]).toBe(before[0]);
    });

    it("refuses what is no name", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      expect(() => registry.watch("")).toThrow(TypeError);
      expect(() => registry.watch("User")).toThrow(TypeError);
    });
  });

  describe.concurrent(`${what}: disposal`, () => {
    it("of the registry withdraws and closes what is open, and nothing can be opened after it", async () => {
      await using world = await openWorld();
      const registry = world.open();
      const announcements = ["user", "order"].map((service) => registry.announce(service, endpoint));
      const watch = registry.watch("user");
      await Promise.all(announcements.map(({ announced }) => announced));
      await registry[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      for (const { key, state } of announcements) {
        expect(state).toEqual({ tag: "withdrawn" });
        expect(await world.get(key)).toBeUndefined();
      }
      expect(watch.state).toEqual({ tag: "closed" });
      expect(() => registry.announce("user", endpoint)).toThrow("the registry is closed");
      expect(() => registry.watch("user")).toThrow("the registry is closed");
    });

    it("of a watch ends the news of it", async () => {
      await using world = await openWorld();
      await using registry = world.open();
      const watch = registry.watch("user");
      const other = registry.watch("user");
      const news: (readonly Instance[])[] = [];
      watch.subscribe((instances) => news.push(instances));
      await watch[Symbol.asyncDispose]();
      await world.put("/services/user/a", "h:1");
      await eventually(() => expect(other.instances).toHaveLength(1));
      expect(news).toEqual([]);
      expect(watch.instances).toEqual([]);
    });
  });
}
