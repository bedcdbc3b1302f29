import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, within } from "./platform/eventually.ts";
import { freePort } from "./platform/free-port.ts";
import { startPlatform, type Platform } from "./platform/platform.ts";
import type { AppName } from "./platform/service-process.ts";

const services: readonly AppName[] = ["user", "order", "inventory", "monolith"];

describe("a service", () => {
  const opened = new AsyncDisposableStack();
  let platform: Platform;

  beforeAll(async () => {
    platform = opened.use(await startPlatform());
  });

  afterAll(() => opened.disposeAsync());

  /** Starts a service that must not start. @returns its exit, and all that it says on stderr */
  async function startWrong(service: AppName, environment: Readonly<Record<string, string | undefined>>) {
    const process = await platform.spawn(service, { environment });
    const exit = await within(`${service} ends`, 15_000, process.exited);
    return { ...exit, stderr: await process.errorOutput() };
  }

  it.each<[AppName, NodeJS.Signals]>([
    ["user", "SIGTERM"],
    ["order", "SIGTERM"],
    ["inventory", "SIGTERM"],
    ["monolith", "SIGTERM"],
    ["order", "SIGINT"],
  ])("(%s) ends with 0 within 5 s of %s, leaves no key, and says nothing", async (service, signal) => {
    const instance = await platform.start(service);
    expect(await within(`${service} ends`, 5000, instance.stop(signal))).toEqual({ code: 0, signal: null });
    expect(await instance.errorOutput()).toBe("");
    expect(await platform.registry.list("/")).toEqual([]);
    await expect(fetch(`http://${instance.listening}/`)).rejects.toThrow("fetch failed");
  });

  it("ends at once, and in the system's way, at a second signal", async () => {
    const instance = await platform.start("user");
    await platform.etcd.kill("SIGSTOP"); // the withdrawal waits for etcd
    instance.signal("SIGTERM");
    const stopping = expect.objectContaining({ msg: "stopping", signal: "SIGTERM" });
    await eventually(async () => expect(await instance.log()).toContainEqual(stopping));
    expect(await instance.stop("SIGTERM")).toEqual({ code: null, signal: "SIGTERM" });
    await platform.etcd.kill("SIGCONT");
  });

  it.each(services)("(%s) says in one line which port is taken, and what to do", async (service) => {
    await using taken = createServer();
    const port = await freePort();
    await once(taken.listen(port, "localhost"), "listening");
    expect(await startWrong(service, { PORT: String(port), ADMIN_PORT: "0" })).toEqual({
      code: 1,
      signal: null,
      stderr: `port ${port} is taken: stop the program that listens there, or set PORT\n`,
    });
  });

  it.each(services)("(%s) says in one line that DATABASE_URL is missing", async (service) => {
    expect(await startWrong(service, { DATABASE_URL: undefined })).toEqual({
      code: 1,
      signal: null,
      stderr: "DATABASE_URL: expected a URL postgres://role:password@host:port/database, and it is not set\n",
    });
  });

  it.each(services)("(%s) says in one line that its database is not there, without the password", async (service) => {
    const url = new URL(await platform.databaseUrl(service));
    url.pathname = "/nowhere";
    const { code, stderr } = await startWrong(service, { DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^no database at .*\/nowhere .*: start it, or correct DATABASE_URL\n$/);
    expect(stderr).not.toContain(url.password);
  });

  it("never shows what DATABASE_URL was when it is wrong", async () => {
    const { code, stderr } = await startWrong("user", { DATABASE_URL: "mysql://ada:hunter2@localhost/shop" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^DATABASE_URL: .*\n$/);
    expect(stderr).not.toContain("hunter2");
  });
});
