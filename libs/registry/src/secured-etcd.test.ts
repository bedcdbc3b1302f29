import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates, startEtcd } from "@banyan/dev";
import { describe, expect, it, vi } from "vitest";
import { openCatalog } from "./catalog.ts";
import { openRegistry } from "./registry.ts";
import { openEtcdWorld } from "./testing/etcd-world.ts";
import { recordLog } from "./testing/recorded-log.ts";

const endpoint = { address: "127.0.0.1:50051" };
const name = "banyan";
const password = "correct horse battery staple";
const user = { ETCD_USERNAME: name, ETCD_PASSWORD: password };
const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: 5000, interval: 20 });

describe.concurrent("an etcd that asks for a user", () => {
  it("lets one who may use /services/ alone announce, watch, and read the catalog", async () => {
    await using world = await openEtcdWorld();
    await world.gateway.enableAuth({ name, password });
    await using registry = world.open({ ...user, INSTANCE_ID: "a" });
    const watch = registry.watch("user");
    await registry.announce("user", endpoint).announced;
    await eventually(() => expect(watch.instances).toEqual([{ id: "a", ...endpoint }]));
    await using catalog = openCatalog({ ETCD_ENDPOINTS: [world.etcd.endpoint], ...user });
    expect(await catalog.list("user")).toMatchObject([{ id: "a", reading: { tag: "instance" } }]);
  });

  it("forgets all tokens when it restarts, and nobody notices", async () => {
    await using world = await openEtcdWorld();
    await world.gateway.enableAuth({ name, password });
    await using registry = world.open({ ...user, INSTANCE_ID: "a", LEASE_TTL_SECONDS: 5 });
    const watch = registry.watch("user");
    const announcement = registry.announce("user", endpoint);
    await announcement.announced;
    await world.etcd.kill("SIGKILL");
    await world.start();
    await eventually(() => expect(watch.state.tag).toBe("watching"));
    await using other = world.open({ ...user, INSTANCE_ID: "b" });
    await other.announce("user", endpoint).announced;
    await eventually(() => expect(watch.instances.map(({ id }) => id)).toEqual(["a", "b"]));
    expect(announcement.state.tag).toBe("live");
  });

  it("may begin to ask while it is used", async () => {
    await using world = await openEtcdWorld();
    await using registry = world.open({ ...user, INSTANCE_ID: "a", LEASE_TTL_SECONDS: 5 });
    const watch = registry.watch("user");
    const announcement = registry.announce("user", endpoint);
    await announcement.announced;
    await world.gateway.enableAuth({ name, password });
    await using other = world.open({ ...user, INSTANCE_ID: "b" });
    await other.announce("user", endpoint).announced;
    await eventually(() => expect(watch.instances.map(({ id }) => id)).toEqual(["a", "b"]));
    await announcement[Symbol.asyncDispose]();
    await eventually(() => expect(watch.instances.map(({ id }) => id)).toEqual(["b"]));
  });

  it.each([
    ["a wrong password", { ETCD_USERNAME: name, ETCD_PASSWORD: "wrong horse" }, "authentication failed"],
    ["no user", {}, "user name is empty"],
  ])("refuses %s: that is said once, without the password, and tried again", async (_what, config, cause) => {
    await using world = await openEtcdWorld();
    await world.gateway.enableAuth({ name, password });
    await using registry = world.open(config);
    const watch = registry.watch("user");
    await eventually(() =>
      expect(watch.state).toMatchObject({ tag: "waiting", cause: expect.stringContaining(cause) }),
    );
    await eventually(() => expect(world.log.lines.length).toBeGreaterThan(4));
    expect(world.log.loud.filter(({ level }) => level === "warn")).toHaveLength(1);
    expect(JSON.stringify(world.log.lines)).not.toContain("horse");
  });
});

describe.concurrent("an etcd that is reached over TLS", () => {
  const opening = async () => {
    const folder = await mkdtemp(join(tmpdir(), "banyan-tls-"));
    const files = await createCertificates(folder);
    const etcd = await startEtcd({ tls: { ...files, clientCertAuth: true } });
    const log = recordLog();
    return {
      log,
      folder,
      files: { ETCD_CA_FILE: files.caFile, ETCD_CERT_FILE: files.certFile, ETCD_KEY_FILE: files.keyFile },
      open: (config: object) =>
        openRegistry({ ETCD_ENDPOINTS: [etcd.endpoint], BANYAN_ENV: "development", ...config }, { log }),
      async [Symbol.asyncDispose]() {
        await etcd[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  };

  it("takes those who have a certificate", async () => {
    await using secured = await opening();
    await using registry = secured.open({ ...secured.files, INSTANCE_ID: "a" });
    const watch = registry.watch("user");
    await registry.announce("user", endpoint).announced;
    await eventually(() => expect(watch.instances).toHaveLength(1));
  });

  it("is not reached by those who have none, nor by those who do not trust it", async () => {
    await using secured = await opening();
    const stranger = await mkdtemp(join(secured.folder, "other-"));
    const { caFile } = await createCertificates(stranger);
    for (const config of [{ ETCD_CA_FILE: secured.files.ETCD_CA_FILE }, { ...secured.files, ETCD_CA_FILE: caFile }]) {
      await using registry = secured.open(config);
      const watch = registry.watch("user");
      await eventually(() => expect(watch.state.tag).toBe("waiting"));
    }
    expect(secured.log.loud.map(({ message }) => message)).toContain("etcd does not answer; trying until it does");
  });
});
