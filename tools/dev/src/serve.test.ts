import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeJson, textAt, valueAt } from "./json.ts";
import { readPid } from "./process/leftover.ts";
import { type Child, startModule, startNode } from "./testing/child.ts";
import { hasEnded } from "./testing/ending.ts";
import { type ScratchCheckout, makeScratchCheckout } from "./testing/scratch-checkout.ts";

/** A service that tells what it was given, and takes its time to end. */
const service = (greeting: string): string => `
  console.log(JSON.stringify({ greeting: "${greeting}", pid: process.pid, env: process.env }));
  const work = setInterval(() => undefined, 1000);
  process.on("SIGTERM", () => setTimeout(() => { console.log("bye"); clearInterval(work); }, 100));`;

let scratch: ScratchCheckout;
beforeAll(async () => void (scratch = await makeScratchCheckout()));
afterAll(() => scratch[Symbol.asyncDispose]());
beforeEach(() => scratch.addApp("user-service", service("hello")));
afterEach(() => scratch.settled());

const serve = (env: Record<string, string | undefined> = {}, app = "user-service"): Child =>
  startNode([scratch.source("serve.ts"), app], {
    cwd: scratch.folder,
    env: { ETCD_ENDPOINTS: undefined, DATABASE_URL: undefined, POSTGRES_ADMIN_URL: undefined, ...env },
  });
/** Spares the tests that are not about it the start of PostgreSQL. */
const given = { DATABASE_URL: "postgres://db/users" };
const reset = (): Child => startNode([scratch.source("reset.ts")]);

async function greeting(child: Child, text = "hello"): Promise<{ pid: number; env: unknown }> {
  const told = decodeJson(await child.line(`"greeting":"${text}"`));
  return { pid: Number(valueAt(told, "pid")), env: valueAt(told, "env") };
}

describe("serve", () => {
  it("gives the service its etcd and its database, restarts it on change, and stops all of it on SIGTERM", async () => {
    await using child = serve();
    const { pid, env } = await greeting(child);
    expect(textAt(env, "ETCD_ENDPOINTS")).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(textAt(env, "DATABASE_URL")).toMatch(/^postgres:\/\/user_service:.*\/user_service/);
    expect(textAt(env, "BANYAN_ENV")).toBe("development");

    await writeFile(join(scratch.folder, "apps", "user-service", "src", "main.ts"), service("changed"));
    const restarted = await greeting(child, "changed");
    expect(await hasEnded(pid)).toBe(true);

    child.process.kill("SIGTERM");
    expect(await child.ended).toBe(0);
    expect(child.output().split("\n").slice(-2)).toContain("bye");
    expect(await hasEnded(restarted.pid)).toBe(true);
  });

  it("starts nothing that the environment names already", async () => {
    const supervisors = await scratch.supervisorStarts();
    await using child = serve({ ETCD_ENDPOINTS: "http://etcd:2379", ...given });
    const { env } = await greeting(child);
    expect(textAt(env, "ETCD_ENDPOINTS")).toBe("http://etcd:2379");
    expect(textAt(env, "DATABASE_URL")).toBe("postgres://db/users");
    expect(await scratch.supervisorStarts()).toBe(supervisors);
    child.process.kill("SIGINT");
    expect(await child.ended).toBe(0);
  });

  it("leaves nothing behind when it is killed", async () => {
    await using child = serve(given);
    const { pid } = await greeting(child);
    const etcd = (await readPid(join(scratch.paths.etcdData, "pid"))) ?? 0;
    child.process.kill("SIGKILL");
    await vi.waitFor(async () => expect(await hasEnded(pid)).toBe(true), 10_000);
    await scratch.settled();
    expect(await hasEnded(etcd)).toBe(true);
  });

  it("stops when what started its shell is killed, as nx may be", async () => {
    const command = `"${process.execPath}" "${scratch.source("serve.ts")}" user-service; true`;
    await using starter = startModule(`
      import { spawn } from "node:child_process";
      process.env.DATABASE_URL = "postgres://db/users";
      spawn("/bin/sh", ["-c", ${JSON.stringify(command)}], { stdio: "inherit" });`);
    const { pid } = await greeting(starter);
    starter.process.kill("SIGKILL");
    await vi.waitFor(async () => expect(await hasEnded(pid)).toBe(true), 10_000);
  });

  it("says in one line that etcd has gone, and ends", async () => {
    await using child = serve(given);
    await greeting(child);
    process.kill((await readPid(join(scratch.paths.etcdData, "pid"))) ?? 0, "SIGKILL");
    expect(await child.line("etcd has ended (SIGKILL)")).toMatch(/^serve: /);
    expect(await child.ended).toBe(1);
  });

  it("names the apps there are when there is none of that name", async () => {
    await using child = serve({}, "usr-service");
    expect(await child.ended).toBe(1);
    expect(child.output()).toBe("usage: serve.ts <app>, where <app> is one of: user-service");
  });
});

describe("reset", () => {
  it("refuses while a service is served, and removes the data afterwards", async () => {
    await using child = serve();
    await greeting(child);
    await using early = reset();
    expect(await early.ended).toBe(1);
    expect(early.output()).toMatch(/^etcd and PostgreSQL of this checkout are in use: .*$/);

    child.process.kill("SIGTERM");
    await child.ended;
    await using late = reset();
    expect(await late.ended).toBe(0);
    expect(late.output()).toBe(`removed etcd, logs, postgres in ${scratch.paths.state}`);
    await using again = reset();
    expect(await again.ended).toBe(0);
    expect(again.output()).toBe(`nothing to remove: there is no ${scratch.paths.state}`);
  });
});
