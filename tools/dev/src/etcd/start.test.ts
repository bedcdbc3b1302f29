import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { get, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPid } from "../process/leftover.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { commandLine } from "../process/process-table.ts";
import { startModule } from "../testing/child.ts";
import { hasEnded } from "../testing/ending.ts";
import { createCertificates } from "./certificates.ts";
import { locateEtcd } from "./locate.ts";
import { type Etcd, startEtcd } from "./start.ts";

let dataFolder: string;
beforeEach(async () => void (dataFolder = await realpath(await mkdtemp(join(tmpdir(), "banyan etcd-")))));
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

async function post(etcd: Etcd, method: string, message: object): Promise<unknown> {
  const response = await fetch(`${etcd.endpoint}/v3/${method}`, { method: "POST", body: JSON.stringify(message) });
  return response.json();
}

const key = btoa("/services/user/1");
const put = (etcd: Etcd, value: string) => post(etcd, "kv/put", { key, value: btoa(value) });
const read = (etcd: Etcd) => post(etcd, "kv/range", { key });
const holding = (value: string) => expect.objectContaining({ kvs: [expect.objectContaining({ value: btoa(value) })] });

describe("startEtcd", () => {
  it("gives an etcd of at least 3.5, and leaves nothing behind", async () => {
    const etcd = await startEtcd();
    expect(etcd.version).toMatch(/^3\.([5-9]|\d\d)\./);
    expect(await (await fetch(`${etcd.endpoint}/version`)).json()).toMatchObject({ etcdserver: etcd.version });
    await etcd[Symbol.asyncDispose]();
    expect(await hasEnded(etcd.pid)).toBe(true);
    expect(await isPortFree(Number(new URL(etcd.endpoint).port))).toBe(true);
  });

  it("comes back at the same address with its data after SIGKILL", async () => {
    await using etcd = await startEtcd();
    const { endpoint, pid } = etcd;
    await put(etcd, "before");
    await etcd.kill("SIGKILL");
    expect(await etcd.ended).toBe("SIGKILL");
    await expect(read(etcd)).rejects.toThrow("fetch failed");
    await etcd.restart();
    expect(etcd.endpoint).toBe(endpoint);
    expect(etcd.pid).not.toBe(pid);
    expect(await read(etcd)).toEqual(holding("before"));
  });

  it("freezes and wakes, and stops although it is frozen", async () => {
    await using etcd = await startEtcd();
    await etcd.kill("SIGSTOP");
    await expect(fetch(`${etcd.endpoint}/health`, { signal: AbortSignal.timeout(300) })).rejects.toThrow("timeout");
    await etcd.kill("SIGCONT");
    expect((await fetch(`${etcd.endpoint}/health`)).ok).toBe(true);
    await etcd.kill("SIGSTOP");
    await etcd.stop();
    expect(await hasEnded(etcd.pid)).toBe(true);
  });

  it("keeps its data in a data folder from one start to the next", async () => {
    {
      await using first = await startEtcd({ dataFolder });
      await put(first, "kept");
    }
    await using second = await startEtcd({ dataFolder });
    expect(await read(second)).toEqual(holding("kept"));
  });

  it("refuses a data folder that is in use, and a port that is taken", async () => {
    await using etcd = await startEtcd({ dataFolder });
    await expect(startEtcd({ dataFolder })).rejects.toThrow(`another process runs etcd in ${dataFolder}`);
    const port = Number(new URL(etcd.endpoint).port);
    await expect(startEtcd({ port })).rejects.toThrow(`port ${port} is taken`);
  });

  it("ends with the process that started it, killed by SIGKILL, and its throwaway data goes too", async () => {
    await using starter = startModule(`
      import { startEtcd } from ${JSON.stringify(join(import.meta.dirname, "start.ts"))};
      const etcd = await startEtcd();
      console.log("pid " + etcd.pid);`);
    const pid = Number((await starter.line("pid ")).slice(4));
    const data = await dataFolderOf(pid);
    expect(existsSync(data)).toBe(true);
    starter.process.kill("SIGKILL");
    await vi.waitFor(async () => expect(await hasEnded(pid)).toBe(true), 10_000);
    await vi.waitFor(() => expect(existsSync(dirname(data))).toBe(false), 10_000);
  });

  it("leaves no data behind when it is killed, and then the process that started it", async () => {
    await using starter = startModule(`
      import { startEtcd } from ${JSON.stringify(join(import.meta.dirname, "start.ts"))};
      const etcd = await startEtcd();
      console.log("pid " + etcd.pid);
      console.log("ended by", await etcd.ended);
      setInterval(() => undefined, 1000);`);
    const pid = Number((await starter.line("pid ")).slice(4));
    const data = await dataFolderOf(pid);
    process.kill(pid, "SIGKILL");
    await starter.line("ended by SIGKILL");
    expect(existsSync(data)).toBe(true);
    starter.process.kill("SIGKILL");
    await vi.waitFor(() => expect(existsSync(dirname(data))).toBe(false), 10_000);
  });

  it("ends an etcd that an earlier process left in its data folder", async () => {
    const { file } = await locateEtcd();
    const url = `http://127.0.0.1:${await freePort()}`;
    const urls = [
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      "--listen-peer-urls=http://127.0.0.1:0",
    ];
    const leftover = spawn(file, [`--data-dir=${join(dataFolder, "data")}`, ...urls], { stdio: "ignore" });
    await writeFile(join(dataFolder, "pid"), `${leftover.pid}\n`);
    await vi.waitFor(async () => expect((await fetch(`${url}/health`)).ok).toBe(true), 10_000);

    await using etcd = await startEtcd({ dataFolder });
    expect(await hasEnded(leftover.pid ?? 0)).toBe(true);
    expect(await readPid(join(dataFolder, "pid"))).toBe(etcd.pid);
  });

  it("leaves a process alone that has got the id of an etcd of long ago", async () => {
    const bystander = spawn("sleep", ["60"]);
    await writeFile(join(dataFolder, "pid"), `${bystander.pid}\n`);
    await using _etcd = await startEtcd({ dataFolder });
    expect(await hasEnded(bystander.pid ?? 0)).toBe(false);
    bystander.kill("SIGKILL");
  });
});

describe("startEtcd with", () => {
  it("flags of the caller's: they are over ours", async () => {
    await using etcd = await startEtcd({ flags: { "max-request-bytes": "2000", "log-level": "error" } });
    expect(await put(etcd, "x".repeat(1000))).toHaveProperty("header");
    expect(await put(etcd, "x".repeat(4000))).not.toHaveProperty("header");
    expect(await commandLine(etcd.pid)).not.toContain("--log-level=warn");
  });

  it("TLS: a client that trusts the authority is served, and plain HTTP is not", async () => {
    const files = await createCertificates(dataFolder);
    await using etcd = await startEtcd({ tls: files });
    expect(etcd.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await statusOf(`${etcd.endpoint}/health`, { ca: await readFile(files.caFile) })).toBe(200);
    await expect(fetch(`${etcd.endpoint}/health`)).rejects.toThrow("fetch failed");
  });

  it("TLS and certificates of clients: one without a certificate is refused", async () => {
    const files = await createCertificates(dataFolder);
    await using etcd = await startEtcd({ tls: { ...files, clientCertAuth: true } });
    const ca = await readFile(files.caFile);
    const own = { ca, cert: await readFile(files.certFile), key: await readFile(files.keyFile) };
    expect(await statusOf(`${etcd.endpoint}/health`, own)).toBe(200);
    await expect(statusOf(`${etcd.endpoint}/health`, { ca })).rejects.toThrow(/certificate|ECONNRESET/);
  });

  it("members of a cluster: what one is given the others have, and two of three go on", async () => {
    const names = ["one", "two", "three"];
    const cluster: Record<string, string> = {};
    for (const name of names) cluster[name] = `http://127.0.0.1:${await freePort()}`;
    const started = names.map((name) => {
      const peerUrl = cluster[name] ?? "";
      return startEtcd({ member: { name, peerUrl, advertisedPeerUrl: peerUrl, cluster } });
    });
    await using stack = new AsyncDisposableStack();
    const [one, two, three] = (await Promise.all(started)).map((etcd) => stack.use(etcd));
    if (!one || !two || !three) throw new Error("three were started");
    await put(one, "by one");
    expect(await read(three)).toEqual(holding("by one"));
    await one.kill("SIGKILL");
    await vi.waitFor(async () => expect(await put(two, "by two")).toHaveProperty("header"), 20_000);
    expect(await read(three)).toEqual(holding("by two"));
  });
});

function statusOf(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ...options, agent: false }, (response) => resolve(response.resume().statusCode)).once("error", reject);
  });
}

async function dataFolderOf(pid: number): Promise<string> {
  return /--data-dir=(\S+)/.exec(await commandLine(pid))?.[1] ?? "";
}
