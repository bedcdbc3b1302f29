import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryLog } from "@banyan/registry";

/** What happened in a row: a file, of which the last lines are kept in memory. Disposal closes it. */
export interface RowLog extends AsyncDisposable {
  readonly file: string;
  /** The last ones that are not of the level debug, at most 30. */
  readonly lastLines: readonly string[];
  write(who: string, words: string): void;
  /** The log of one registry. */
  of(who: string): RegistryLog;
}

/** Where the logs of rows go unless a test says otherwise. */
export const logFolder = join(import.meta.dirname, "..", "..", ".report", "rows");

const keptLines = 30;

/** Opens `<folder>/<row>.log` anew. */
export async function openRowLog(folder: string, row: string): Promise<RowLog> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${row}.log`);
  const stream = createWriteStream(file);
  await once(stream, "open");
  const startedAt = performance.now();
  const lastLines: string[] = [];

  const write = (who: string, words: string, isLoud = true): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(3).padStart(8);
    const line = `${seconds} ${who.padEnd(8)} ${words}`;
    stream.write(`${line}\n`);
    if (!isLoud) return;
    lastLines.push(line);
    if (lastLines.length > keptLines) lastLines.shift();
  };
  return {
    file,
    lastLines,
    write: (who, words) => write(who, words),
    of(who) {
      const at = (level: keyof RegistryLog) => (fields: object, message: string) =>
        write(who, `${level} ${message} ${JSON.stringify(fields)}`, level !== "debug");
      return { info: at("info"), warn: at("warn"), debug: at("debug") };
    },
    async [Symbol.asyncDispose]() {
      stream.end();
      await once(stream, "close");
    },
  };
}
