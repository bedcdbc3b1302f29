import { setTimeout as sleep } from "node:timers/promises";
import { endOf, startCommand, textOf, type Command, type CommandEnd, type CommandLine } from "./command.ts";

/** Kills commands with SIGKILL at random moments. */
export interface Killer {
  /** In [0, 1). */
  readonly random: () => number;
  /** So often at most one command is killed before it may go on to its end. */
  readonly times: number;
  readonly onKill: (line: CommandLine, kill: Kill) => void;
}

export interface Kill {
  /** Its start was so long ago. */
  readonly afterMs: number;
  /** Its last words. */
  readonly said: string;
}

const pollMs = 5;

export interface Stubborn {
  readonly line: CommandLine;
  /** After it was killed, in the place of `line`. */
  readonly again: CommandLine;
  readonly environment: Readonly<Record<string, string>>;
  /** It is killed within so many milliseconds. */
  readonly withinMs: number;
  /** They are counted from its start, or, every other time, from a line that begins so: there it gets delicate. */
  readonly delicateFrom?: string | undefined;
  readonly signal: AbortSignal;
}

/** Runs a command to its end, however often it is killed on the way. @throws when it ends with another exit code than 0 */
export async function performKilled(stubborn: Stubborn, killer: Killer | undefined): Promise<CommandEnd> {
  const { line, again, environment, signal } = stubborn;
  let next = line;
  for (let left = killer?.times ?? 0; ; left--) {
    await using command = await startCommand(next, environment);
    const isKilled = killer !== undefined && left > 0 && (await isKilledBy(killer, { command, line: next }, stubborn));
    const end = await endOf(command, next, signal);
    if (end.code === 0) return end;
    if (!isKilled) throw new Error(`${textOf(next)} has ended with ${end.code}: ${end.lines.join("; ")}`);
    next = again;
  }
}

async function isKilledBy(
  { random, onKill }: Killer,
  { command, line }: { readonly command: Command; readonly line: CommandLine },
  { withinMs, delicateFrom, signal }: Stubborn,
): Promise<boolean> {
  const startedAt = performance.now();
  const isDelicate = delicateFrom !== undefined && random() < 0.5;
  const afterMs = Math.round(random() * withinMs);
  const isDue = (): boolean =>
    !isDelicate || command.hasEnded() || command.lines.some((told) => told.startsWith(delicateFrom));
  while (!isDue()) await sleep(pollMs, undefined, { signal });
  await Promise.race([command.ended, sleep(afterMs, undefined, { signal })]);
  if (command.hasEnded()) return false;
  command.kill();
  onKill(line, { afterMs: Math.round(performance.now() - startedAt), said: command.lines.at(-1) ?? "" });
  return true;
}

/** A command that goes on for ever, and is started again whenever it was killed. Disposal ends it as Ctrl-C does. */
export interface KeptGoing extends AsyncDisposable {
  /** Of the one that runs, or ran last. */
  readonly lines: readonly string[];
  /** Rejects when it has ended by itself. */
  readonly failed: Promise<never>;
}

/** @param everyMs it is killed within so many milliseconds of each start */
export function keepGoing(
  line: CommandLine,
  environment: Readonly<Record<string, string>>,
  killer: Killer | undefined,
  everyMs: number,
): KeptGoing {
  const stopping = new AbortController();
  const { signal } = stopping;
  let lines: readonly string[] = [];
  const going = async (): Promise<void> => {
    while (!signal.aborted) {
      await using command = await startCommand(line, environment);
      lines = command.lines;
      const end = await outlived(command, { line, killer, everyMs, signal });
      if (signal.aborted) {
        const { code } = await command.stop();
        if (code !== 0 && code !== null) throw new Error(`${textOf(line)} was stopped and has ended with ${code}`);
      } else if (end !== undefined) {
        throw new Error(`${textOf(line)} has ended with ${end.code}: ${end.lines.slice(-3).join("; ")}`);
      }
    }
  };
  const gone = going();
  const failed = gone.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined); // it is told by whoever waits, and by the disposal
  return {
    get lines() {
      return lines;
    },
    failed,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await gone;
    },
  };
}

/** @returns the end of a command that has ended by itself; undefined when it was killed, or is to be stopped */
async function outlived(
  command: Command,
  options: {
    readonly line: CommandLine;
    readonly killer: Killer | undefined;
    readonly everyMs: number;
    readonly signal: AbortSignal;
  },
): Promise<CommandEnd | undefined> {
  const { line, killer, everyMs, signal } = options;
  const afterMs = killer === undefined ? 2_000_000 : Math.round(killer.random() * everyMs);
  const time = sleep(afterMs, undefined, { signal }).catch(() => undefined);
  const end = await Promise.race([command.ended, time]);
  if (end !== undefined || signal.aborted || killer === undefined) return end;
  command.kill();
  killer.onKill(line, { afterMs, said: command.lines.at(-1) ?? "" });
  await command.ended;
  return undefined;
}
