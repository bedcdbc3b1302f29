import { access, readFile, rm } from "node:fs/promises";
import { arch } from "node:os";
import { delimiter, join } from "node:path";
import { debianPackages, PackagesUnavailableError } from "@banyan/dev";
import { latenciesOf } from "../latencies.ts";
import type { Latencies } from "../programs/messages.ts";
import { pinned } from "./cores.ts";
import { runCommand } from "./run-command.ts";

/** h2load and all it is linked with, down to the C library: the machine's own may be older. */
const packages = [
  "nghttp2-client",
  "libc6",
  "libev4t64",
  "libgcc-s1",
  "libjemalloc2",
  "libnghttp2-14",
  "libssl3t64",
  "libstdc++6",
  "libzstd1",
  "zlib1g",
];
const libraries: Readonly<Partial<Record<string, { folder: string; loader: string }>>> = {
  x64: { folder: "usr/lib/x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  arm64: { folder: "usr/lib/aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" },
};

export interface H2load {
  readonly command: readonly string[];
  /** As in `h2load nghttp2/1.64.0`. */
  readonly version: string;
}

const askMs = 10_000;

/** The one on the PATH, else Debian's, unpacked into the cache. Undefined where there is neither. */
export async function locateH2load(onProgress: (line: string) => void, signal?: AbortSignal) {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const file = join(folder, "h2load");
    if (await exists(file)) return describe([file]);
  }
  const library = libraries[arch()];
  if (library === undefined) return undefined;
  try {
    const { root } = await debianPackages("nghttp2", packages, { onProgress, signal });
    const folder = join(root, library.folder);
    return await describe([join(folder, library.loader), "--library-path", folder, join(root, "usr/bin/h2load")]);
  } catch (error) {
    if (error instanceof PackagesUnavailableError) return undefined;
    throw error;
  }
}

async function describe(command: readonly string[]): Promise<H2load> {
  const [file = "", ...args] = command;
  const version = await runCommand(file, [...args, "--version"], { cwd: "/", timeoutMs: askMs });
  return { command, version: version.trim() };
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

export interface H2loadTask {
  readonly url: string;
  /** The request's body. */
  readonly bodyFile: string;
  readonly clients: number;
  /** Requests at a time on each of their connections. */
  readonly streams: number;
  /** For how long, or how many requests. */
  readonly extent: { readonly ms: number } | { readonly requests: number };
  readonly headers: readonly string[];
  /** Where each request's time is written. */
  readonly logFile?: string;
  readonly core: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface H2loadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly micros: Latencies | undefined;
}

/** Beyond the time that it should take. */
const patienceMs = 60_000;

/** @throws when a request fails, or is answered with another HTTP status than 200; of grpc-status it knows nothing */
export async function runH2load({ command }: H2load, task: H2loadTask): Promise<H2loadResult> {
  const { extent, logFile } = task;
  const headers = ["content-type: application/grpc", "te: trailers", ...task.headers];
  const extentArgs = "ms" in extent ? ["-D", `${extent.ms}ms`] : ["-n", String(extent.requests)];
  const loadArgs = ["-c", String(task.clients), "-m", String(task.streams), "-d", task.bodyFile];
  const headerArgs = headers.flatMap((header) => ["-H", header]);
  const logArgs = logFile === undefined ? [] : [`--log-file=${logFile}`];
  const args = [...extentArgs, ...loadArgs, ...headerArgs, ...logArgs, task.url];
  if (logFile !== undefined) await rm(logFile, { force: true }); // h2load would append to it
  const [file = "", ...rest] = pinned(task.core, [...command, ...args]);
  const timeoutMs = patienceMs + ("ms" in extent ? extent.ms : 0);
  const output = await runCommand(file, rest, { cwd: "/", timeoutMs, signal: task.signal });
  const { requests, perSecond } = parseH2load(output);
  return { requests, perSecond, micros: logFile === undefined ? undefined : await readLog(logFile) };
}

/** @throws when requests have failed, or none was answered */
export function parseH2load(output: string): { readonly requests: number; readonly perSecond: number } {
  const [, rate] = /^finished in .*?, ([\d.]+) req\/s/m.exec(output) ?? [];
  const [, done, failed, errored, timeout] =
    /(\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(output) ?? [];
  const [, redirected, refused, broken] = /2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/.exec(output) ?? [];
  const lost = [failed, errored, timeout, redirected, refused, broken].reduce((sum, n) => sum + Number(n ?? 0), 0);
  if (rate === undefined || !(Number(done) > 0)) throw new Error("h2load got no answer");
  if (lost > 0) throw new Error(`${lost} of ${done} requests of h2load failed`);
  return { requests: Number(done), perSecond: Number(rate) };
}

/** Columns: start, HTTP status, microseconds until the end of the response. */
async function readLog(file: string): Promise<Latencies | undefined> {
  const micros: number[] = [];
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    const [, status, duration] = line.split("\t");
    if (status === "200") micros.push(Number(duration));
  }
  return micros.length > 0 ? latenciesOf(micros) : undefined;
}
