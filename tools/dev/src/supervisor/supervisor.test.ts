import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPid } from "../process/leftover.ts";
import { parentOf } from "../process/process-table.ts";
import { type Child, startModule } from "../testing/child.ts";
import { hasEnded } from "../testing/ending.ts";
import { type ScratchCheckout, makeScratchCheckout } from "../testing/scratch-checkout.ts";
import { connectSupervisor } from "./client.ts";
import { makeControlFolder } from "./paths.ts";

let scratch: ScratchCheckout;
beforeEach(async () => void (scratch = await makeScratchCheckout()));
afterEach(() => scratch[Symbol.asyncDispose]());

const connect = () => connectSupervisor({ checkout: scratch.folder });
const etcdPid = async (): Promise<number> => (await readPid(join(scratch.paths.etcdData, "pid"))) ?? 0;

/** A client in a process of its own, which can be killed. It prints etcd's endpoint. */
const startClient = (): Child =>
  startModule(`
    import { connectSupervisor } from ${JSON.stringify(join(import.meta.dirname, "client.ts"))};
    const supervisor = await connectSupervisor({ checkout: ${JSON.stringify(scratch.folder)} });
    console.log((await supervisor.etcd()).url);`);

describe("the supervisor", () => {
  it("is one for clients that come at once, and shares its servers among them", async () => {
    const clients = await Promise.all([connect(), connect(), connect()]);
    const reached = await Promise.all(clients.map((client) => client.etcd()));
    expect(new Set(reached.map(({ url }) => url)).size).toBe(1);
    expect(await scratch.supervisorStarts()).toBe(1);
    await Promise.all(clients.map((client) => client.leave()));
  });

  it("stops its servers with the last client, and not before", async () => {
    const first = await connect();
    await first.etcd();
    const pid = await etcdPid();
    const second = await connect();
    await first.leave();
    expect(await hasEnded(pid)).toBe(false);
    await second.leave();
    expect(await hasEnded(pid)).toBe(true);
    await scratch.settled();
    await expect(lstat(scratch.paths.control)).rejects.toThrow("ENOENT");
  });

  it("notices that a client was killed", async () => {
    await using client = startClient();
    await client.line("http://");
    const pid = await etcdPid();
    client.process.kill("SIGKILL");
    await scratch.settled();
    expect(await hasEnded(pid)).toBe(true);
  });

  it("keeps the data of etcd and of each database for the next time", async () => {
    const key = btoa("kept");
    const first = await connect();
    const { url } = await first.etcd();
    await fetch(`${url}/v3/kv/put`, { method: "POST", body: JSON.stringify({ key, value: btoa("here") }) });
    const database = await first.database("user_service");
    expect(database.url).toMatch(/^postgres:\/\/user_service:.+\/user_service\?host=/);
    await first.leave();

    const second = await connect();
    const again = await second.etcd();
    const response = await fetch(`${again.url}/v3/kv/range`, { method: "POST", body: JSON.stringify({ key }) });
    expect(await response.json()).toMatchObject({ kvs: [{ value: btoa("here") }] });
    await second.leave();
  });

  it("tells its clients when a server has ended, and passes on why one does not start", async () => {
    const supervisor = await connect();
    await expect(supervisor.database("not a name")).rejects.toThrow(`"not a name" cannot name a database`);
    await supervisor.etcd();
    process.kill(await etcdPid(), "SIGKILL");
    expect(await supervisor.lost).toMatch(/^etcd has ended \(SIGKILL\); the log is .*supervisor\.log$/);
    await supervisor.leave();
  });

  it("says what to do when a server does not come up, and tries again when it is asked again", async () => {
    const supervisor = await connect();
    await mkdir(scratch.paths.etcdData, { recursive: true });
    await writeFile(join(scratch.paths.etcdData, "data"), "no folder");
    await expect(supervisor.etcd()).rejects.toThrow(
      /^etcd on port \d+ did not start \(.*\): .*; the log is .*, and npm run reset starts over without the data$/,
    );
    await rm(join(scratch.paths.etcdData, "data"));
    expect((await supervisor.etcd()).version).toMatch(/^3\./);
    await supervisor.leave();
  });

  it("takes its servers with it when it is killed, which its clients hear of, and the next one starts over", async () => {
    const supervisor = await connect();
    await supervisor.etcd();
    const [pid, own] = [await etcdPid(), await supervisorPid()];
    process.kill(own, "SIGKILL");
    expect(await supervisor.lost).toContain("the supervisor of etcd and PostgreSQL has ended");
    await expect(supervisor.etcd()).rejects.toThrow("the supervisor of etcd and PostgreSQL has ended");
    await vi.waitFor(async () => expect(await hasEnded(pid)).toBe(true), 10_000);

    const next = await connect();
    expect((await next.etcd()).version).toMatch(/^3\./);
    await next.leave();
  });

  it("is no descendant of the client that started it, for nx ends those of its task", async () => {
    const supervisor = await connect();
    const ancestors: number[] = [];
    for (let pid = await parentOf(await supervisorPid()); pid !== undefined; pid = await parentOf(pid))
      ancestors.push(pid);
    expect(ancestors).not.toContain(process.pid);
    await supervisor.leave();
  });

  it("refuses a control folder that somebody else may have made", async () => {
    await writeFile(scratch.paths.control, "");
    await expect(connect()).rejects.toThrow(`${scratch.paths.control} is no folder of this user`);
    await rm(scratch.paths.control);
  });

  it("starts although a socket of a dead one lies there", async () => {
    await makeControlFolder(scratch.paths.control);
    await leaveStaleSocket(scratch.paths.socket);
    expect((await lstat(scratch.paths.socket)).isSocket()).toBe(true);
    const supervisor = await connect();
    await supervisor.leave();
  });
});

async function supervisorPid(): Promise<number> {
  const log = await readFile(scratch.paths.logFile, "utf8");
  return Number(/\[(\d+)\] listening/.exec(log)?.[1]);
}

/** Leaves a socket file behind that nobody listens on. */
async function leaveStaleSocket(path: string): Promise<void> {
  await using listener = startModule(`
    import { createServer } from "node:net";
    createServer().listen(${JSON.stringify(path)}, () => console.log("listening"));`);
  await listener.line("listening");
  listener.process.kill("SIGKILL");
  await listener.ended;
}
