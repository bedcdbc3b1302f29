import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { ExpectedError } from "@banyan/service";
import type { Modules } from "./project/modules.ts";
import { isRecord } from "./project/packages.ts";
import type { HotReport } from "./report.ts";

const maxBytes = 512 * 1024 * 1024;
const maxFunctions = 30;

/**
 * Maps the self time of a `.cpuprofile`, as `node --cpu-prof` writes it, to modules. A frame belongs to the file of the
 * project whose path ends its URL the longest, so that a profile of another machine or folder can be read. Frames of
 * compiled code (`dist/`) are of no source, and counted as elsewhere: profile the sources.
 *
 * @param files of the project, relative to its folder
 * @throws {ExpectedError} when it is none
 */
export function readProfile(path: string, project: string, files: readonly string[], modules: Modules): HotReport {
  const { nodes, selfMicros } = parseProfile(path);
  const known = new Set(files);
  const functions = new Map<string, { name: string; file: string; line: number; module: string; selfMs: number }>();
  let [totalMs, elsewhereMs] = [0, 0];
  for (const { id, name, url, line } of nodes) {
    const selfMs = (selfMicros.get(id) ?? 0) / 1000;
    if (selfMs === 0) continue;
    totalMs += selfMs;
    const file = fileOf(url, project, known);
    if (file === undefined) {
      elsewhereMs += selfMs;
      continue;
    }
    const key = `${file}:${line}:${name}`;
    const before = functions.get(key)?.selfMs ?? 0;
    functions.set(key, {
      name: name === "" ? "(anonymous)" : name,
      file,
      line,
      module: modules.moduleOf(file),
      selfMs: before + selfMs,
    });
  }
  const byModule = new Map<string, number>();
  for (const { module, selfMs } of functions.values()) byModule.set(module, (byModule.get(module) ?? 0) + selfMs);
  return {
    profile: basename(path),
    totalMs,
    elsewhereMs,
    modules: [...byModule].map(([name, selfMs]) => ({ name, selfMs })).sort((a, b) => b.selfMs - a.selfMs),
    functions: [...functions.values()].sort((a, b) => b.selfMs - a.selfMs).slice(0, maxFunctions),
  };
}

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  /** From 1. */
  readonly line: number;
}

function parseProfile(path: string): { readonly nodes: Frame[]; readonly selfMicros: ReadonlyMap<number, number> } {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new ExpectedError(`--cpuprofile ${path}: there is no such file`);
  if (size > maxBytes) throw new ExpectedError(`--cpuprofile ${path}: ${size} bytes, and at most ${maxBytes} are read`);
  const profile = parsed(path);
  const nodes = lists(profile["nodes"]).flatMap((node) => {
    const frame = node["callFrame"];
    if (!isRecord(frame) || typeof node["id"] !== "number") return [];
    const line = typeof frame["lineNumber"] === "number" ? frame["lineNumber"] + 1 : 1;
    return [{ id: node["id"], name: textIn(frame, "functionName"), url: textIn(frame, "url"), line }];
  });
  const samples: unknown = profile["samples"];
  const deltas: unknown = profile["timeDeltas"];
  if (nodes.length === 0 || !Array.isArray(samples) || !Array.isArray(deltas))
    throw new ExpectedError(`--cpuprofile ${path}: has no nodes, samples and timeDeltas; node --cpu-prof writes them`);
  const selfMicros = new Map<number, number>();
  samples.forEach((id: unknown, index) => {
    const delta: unknown = deltas[index];
    if (typeof id === "number" && typeof delta === "number" && delta > 0)
      selfMicros.set(id, (selfMicros.get(id) ?? 0) + delta);
  });
  return { nodes, selfMicros };
}

function parsed(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ExpectedError(`--cpuprofile ${path}: is not JSON`);
}

function textIn(record: Record<string, unknown>, name: string): string {
  const value = record[name];
  return typeof value === "string" ? value : "";
}

function lists(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Of a URL within the project; whatever is before the project's folder on the machine of the profile. */
function fileOf(url: string, project: string, files: ReadonlySet<string>): string | undefined {
  if (!url.startsWith("file:") && !url.startsWith("/") && !/^[A-Za-z]:\\/.test(url)) return undefined;
  const segments = decodeURIComponent(url.replace(/^file:\/\/\/?/, "")).split(/[\\/]/);
  const name = segments.lastIndexOf(project);
  const starts = [...(name < 0 ? [] : [name + 1]), ...segments.keys()];
  for (const start of starts) {
    const file = segments.slice(start).join("/");
    if (files.has(file)) return file;
  }
  return undefined;
}
