import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TrafficLog } from "../traffic-log.ts";
import { formatTrafficRule, parseTrafficRule, type TrafficRule } from "./traffic-rule.ts";

/**
 * The last rule of a service that this process has seen, in `<folder>/traffic/<service>.json`. It is written whole and then
 * renamed, so that a process that dies leaves the file before or the file after. A file that cannot be read or written is
 * one warning, and nothing else.
 */
export class RuleFile implements AsyncDisposable {
  readonly #path: string;
  readonly #log: TrafficLog;
  #pending: TrafficRule | undefined;
  #writing: Promise<void> | undefined;
  #hasWarned = false;

  constructor(folder: string, service: string, log: TrafficLog) {
    this.#path = join(folder, "traffic", `${service}.json`);
    this.#log = log;
  }

  /** `undefined` when there is none that can be read. */
  read(): TrafficRule | undefined {
    try {
      return parseTrafficRule(readFileSync(this.#path, "utf8"));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) this.#warn("read", error);
      return undefined;
    }
  }

  /** Returns at once; of several rules that come while one is written, the last one is. */
  save(rule: TrafficRule): void {
    this.#pending = rule;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when the last rule is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#pending !== undefined) {
      const rule = this.#pending;
      this.#pending = undefined;
      const draft = `${this.#path}.${process.pid}`;
      try {
        await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
        await writeFile(draft, `${formatTrafficRule(rule)}\n`, { mode: 0o600 });
        await rename(draft, this.#path);
        this.#hasWarned = false;
      } catch (error) {
        this.#warn("write", error);
        await rm(draft, { force: true }).catch(() => undefined);
      }
    }
  }

  #warn(verb: "read" | "write", error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const cause = error instanceof Error ? error.message : String(error);
    this.#log.warn({ path: this.#path, error: cause }, `cannot ${verb} the traffic rule in the state folder`);
  }
}
