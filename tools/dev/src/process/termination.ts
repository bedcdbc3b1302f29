import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, parentOf } from "./process-table.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const parentPollMs = 500;

/**
 * Resolves, with a few words, when this process is asked to stop: by Ctrl-C, SIGTERM, a closed terminal, or the death of
 * the process that started it, which is how nx's wrapper may go.
 *
 * Later signals do nothing: npm sends a second SIGINT after the terminal's, and what follows has bounds of its own.
 */
export function askedToStop(): Promise<string> {
  const asked = Promise.withResolvers<string>();
  for (const signal of signals) process.on(signal, () => asked.resolve(signal));
  // a terminal that is gone fails every write; SIGHUP brings the news
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  void watchParent().then(asked.resolve);
  return asked.promise;
}

/**
 * Resolves when the process that started this one has gone.
 *
 * npm and nx start a shell that starts us. The shell outlives them, so it is its parent that counts then.
 */
async function watchParent(): Promise<string> {
  const parent = process.ppid;
  const script = basename(process.argv[1] ?? "");
  const isShellForUs = (await commandLine(parent)).includes(script);
  const starter = isShellForUs ? await parentOf(parent) : undefined;
  const goneAway = async (): Promise<boolean> =>
    process.ppid !== parent || (starter !== undefined && (await parentOf(parent)) !== starter);
  while (!(await goneAway())) await sleep(parentPollMs, undefined, { ref: false });
  return "the end of the process that started it";
}
