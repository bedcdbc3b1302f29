import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** A shell in which one thing runs. Disposal kills what has not ended, with all that it has started. */
export interface Terminal extends AsyncDisposable {
  readonly output: () => string;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** What Ctrl-C does. */
  interrupt(): void;
}

export interface TerminalOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const pollMs = 50;

/** @param text lines for bash, which ends at the first that fails */
export function openTerminal(text: string, { folder, env }: TerminalOptions): Terminal {
  const child = spawn("bash", ["-e", "-o", "pipefail", "-c", text], {
    cwd: folder,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => (output += more));
  }
  const ended = once(child, "close").then(() => child.exitCode);
  const signalAll = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, signal);
  };
  return {
    output: () => output,
    ended,
    interrupt: () => signalAll("SIGINT"),
    async [Symbol.asyncDispose]() {
      signalAll("SIGTERM");
      const late = new AbortController();
      const killing = sleep(20_000, undefined, { signal: late.signal }).then(
        () => signalAll("SIGKILL"),
        () => undefined,
      );
      await ended;
      late.abort();
      await killing;
    },
  };
}

/** Resolves when the terminal shows this. @throws when it has ended before, or has not within `boundMs` */
export function untilShown(terminal: Terminal, wanted: RegExp, boundMs: number): Promise<void> {
  return until(terminal, async () => wanted.test(terminal.output()), boundMs);
}

/** Resolves when `/readyz` of what runs there says so. @throws as {@link untilShown} */
export function untilReady(adminPort: number, terminal: Terminal, boundMs: number): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    try {
      return (await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false; // it does not listen yet
    }
  };
  return until(terminal, isReady, boundMs);
}

async function until(terminal: Terminal, isSo: () => Promise<boolean>, boundMs: number): Promise<void> {
  const giveUpAt = performance.now() + boundMs;
  let isOver = false;
  void terminal.ended.then(() => (isOver = true));
  while (!(await isSo())) {
    if (isOver) throw new Error(`it has ended: ${terminal.output()}`);
    if (performance.now() > giveUpAt) throw new Error(`not up within ${boundMs / 1000} s: ${terminal.output()}`);
    await sleep(pollMs);
  }
}
