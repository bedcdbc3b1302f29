import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PackagesUnavailableError, openGoToolchain } from "@banyan/dev";
import { z } from "zod";
import { buildGoPrograms, builtGoPrograms, type GoPrograms } from "./grpc-go/build.ts";
import { runCommand } from "./measure/run-command.ts";
import type { Peer, PeerProgram } from "./peers.ts";
import { peersFolder, workspaceFolder } from "./places.ts";

/** A peer whose programs can be run. */
export interface ReadyPeer extends Peer {
  readonly serverCommand: readonly string[];
  readonly clientCommand: readonly string[] | undefined;
  /** As in `@grpc/grpc-js 1.14.7`. */
  readonly versions: readonly string[];
}

/** One that cannot be run here, and why. */
export interface AbsentPeer {
  readonly peer: Peer;
  readonly why: string;
}

export interface PreparedPeers {
  readonly ready: readonly ReadyPeer[];
  readonly absent: readonly AbsentPeer[];
}

export interface PreparePeersOptions {
  /** Whether what is missing is installed and compiled; else it is absent. */
  readonly install: boolean;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const installMs = 300_000;

/** Finds the programs of peers; frameworks are installed into their own folder, Go's programs are compiled. */
export async function preparePeers(wanted: readonly Peer[], options: PreparePeersOptions): Promise<PreparedPeers> {
  const ready: ReadyPeer[] = [];
  const absent: AbsentPeer[] = [];
  const sources = {
    workspace: async (): Promise<Source> => ({ folder: workspaceFolder }),
    peers: once(() => installFrameworks(options)),
    go: once(() => compileGo(options)),
  };
  for (const peer of wanted) {
    const source = await sources[peer.from]();
    if ("why" in source) absent.push({ peer, why: source.why });
    else ready.push(await readyPeer(peer, source));
  }
  return { ready, absent };
}

type Source =
  | { readonly folder: string }
  | { readonly programs: GoPrograms; readonly versions: readonly string[] }
  | { readonly why: string };

async function installFrameworks({ install, onProgress, signal }: PreparePeersOptions): Promise<Source> {
  if (await isInstalled(peersFolder)) return { folder: peersFolder };
  if (!install) return { why: "npm run bench -- transports installs it" };
  onProgress("installing NestJS and Moleculer…");
  try {
    const args = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    await runCommand("npm", args, { cwd: peersFolder, timeoutMs: installMs, signal });
    return { folder: peersFolder };
  } catch (error) {
    signal?.throwIfAborted();
    return { why: `npm could not install it: ${firstLine(error)}` };
  }
}

async function compileGo({ install, onProgress, signal }: PreparePeersOptions): Promise<Source> {
  if (!install) {
    const programs = await builtGoPrograms();
    return programs ? { programs, versions: [] } : { why: "npm run bench -- transports compiles it" };
  }
  try {
    const toolchain = await openGoToolchain({ onProgress, signal });
    onProgress("compiling the Go programs…");
    return { programs: await buildGoPrograms(toolchain, signal), versions: toolchain.versions };
  } catch (error) {
    if (error instanceof PackagesUnavailableError) return { why: error.message };
    throw error;
  }
}

/** Garbage can be collected on demand, so that memory is compared after it was. */
const nodeFlags = ["--expose-gc"];

async function readyPeer(peer: Peer, source: Exclude<Source, { why: string }>): Promise<ReadyPeer> {
  const commandOf = (program: PeerProgram): readonly string[] => {
    if ("module" in program) return [process.execPath, ...nodeFlags, program.module];
    if ("programs" in source) return [source.programs[program.go]];
    throw new Error(`${peer.name} is no program in Go`);
  };
  const versions =
    "versions" in source
      ? source.versions
      : await Promise.all(peer.packages.map((name) => packageVersion(source.folder, name)));
  return {
    ...peer,
    serverCommand: commandOf(peer.server),
    clientCommand: peer.client && commandOf(peer.client),
    versions,
  };
}

const manifest = z.object({ version: z.string() });
const dependencies = z.object({ dependencies: z.record(z.string(), z.string()) });

/** As in `moleculer 0.15.2`. */
async function packageVersion(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, "node_modules", name, "package.json"), "utf8");
  return `${name} ${manifest.parse(JSON.parse(text)).version}`;
}

/** Whether every dependency is there in the version that is asked for. */
async function isInstalled(folder: string): Promise<boolean> {
  const wanted = dependencies.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  const pairs = Object.entries(wanted.dependencies);
  const found = await Promise.all(pairs.map(([name]) => packageVersion(folder, name).catch(() => "")));
  // npm writes this when it is done.
  const isWhole = await access(join(folder, "node_modules/.package-lock.json")).then(
    () => true,
    () => false,
  );
  return isWhole && pairs.every(([name, version], i) => found[i] === `${name} ${version}`);
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
