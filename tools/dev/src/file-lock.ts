import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "./setup-error.ts";

/** A lock that one process of this machine holds; disposal gives it back, and so does the death of the process. */
export type FileLock = Disposable;

const sqliteBusy = 5;

/**
 * Takes the lock named by the file `path`, or answers undefined when another process, or this one, holds it.
 *
 * The file is an empty SQLite database that is never written: its exclusive transaction is a lock of the kernel on the
 * file, which Node has no call for, and which ends with its holder even by SIGKILL. The file stays.
 */
export async function tryLock(path: string): Promise<FileLock | undefined> {
  await mkdir(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

/**
 * Takes the lock named by the file `path`, waiting while another process holds it.
 *
 * @param options.timeoutMs how long to wait; then a SetupError
 * @param options.onWait called once, when there is somebody to wait for
 * @param options.refusal the message of that error, by default one that names the file
 */
export async function lock(
  path: string,
  options: { readonly timeoutMs: number; readonly onWait?: () => void; readonly refusal?: string },
): Promise<FileLock> {
  const deadline = Date.now() + options.timeoutMs;
  let held = await tryLock(path);
  if (!held) options.onWait?.();
  while (!held) {
    if (Date.now() >= deadline) {
      const waited = `${options.timeoutMs / 1000} s`;
      throw new SetupError(options.refusal ?? `another process has held ${path} for ${waited}: end it and try again`);
    }
    await sleep(50);
    held = await tryLock(path);
  }
  return held;
}
