import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseAddress } from "./address.ts";
import { rest } from "./deadline.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import type { Instance } from "./instances.ts";
import { causeOf } from "./interruption.ts";

/** The least time between two writes of a file, in milliseconds. */
const restMs = 1000;

const instance = z.object({
  id: z.string().min(1),
  address: z.string().refine((text) => parseAddress(text) !== undefined),
  version: z.string().exactOptional(),
  zone: z.string().exactOptional(),
  weight: z.number().exactOptional(),
  since: z.string().exactOptional(),
});
const content = z.object({ listedAt: z.iso.datetime(), instances: z.array(instance) });

/** A list as it was read from a file. */
export interface StoredList {
  readonly instances: readonly Instance[];
  /** When etcd confirmed it. */
  readonly listedAt: Date;
}

/**
 * The last known list of a service in a file, `<folder>/<service>.json`. It is written whole and then renamed, so that a
 * process that dies leaves the file before or the file after. A file that cannot be read or written is one warning, and
 * nothing else.
 */
export class ListFile implements AsyncDisposable {
  readonly #folder: string;
  readonly #path: string;
  readonly #log: RegistryLog;
  readonly #closing = new AbortController();
  #pending: StoredList | undefined;
  #writing: Promise<void> | undefined;
  #hasWarned = false;

  constructor(folder: string, service: string, log: RegistryLog) {
    this.#folder = folder;
    this.#path = join(folder, `${service}.json`);
    this.#log = log;
  }

  /** `undefined` when there is none that can be read. */
  read(): StoredList | undefined {
    try {
      const { instances, listedAt } = content.parse(JSON.parse(readFileSync(this.#path, "utf8")));
      return { instances, listedAt: new Date(listedAt) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) this.#warn("read", error);
      return undefined;
    }
  }

  /** Returns at once; of several lists within a second the last one is written. */
  save(list: StoredList): void {
    this.#pending = list;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when the last list is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#pending !== undefined) {
      const list = this.#pending;
      this.#pending = undefined;
      const draft = `${this.#path}.${process.pid}`;
      try {
        await mkdir(this.#folder, { recursive: true, mode: 0o700 });
        await writeFile(draft, `${JSON.stringify(list, undefined, 1)}\n`, { mode: 0o600 });
        await rename(draft, this.#path);
        this.#hasWarned = false;
      } catch (error) {
        this.#warn("write", error);
        await rm(draft, { force: true }).catch(() => undefined);
      }
      await rest(restMs, this.#closing.signal);
    }
  }

  #warn(verb: "read" | "write", error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const cause = error instanceof z.ZodError ? "not a list of instances" : causeOf(error);
    this.#log.warn({ path: this.#path, error: cause }, `cannot ${verb} the list of instances in the state folder`);
  }
}
