import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeJson, textAt } from "../json.ts";
import { SetupError, messageOf } from "../setup-error.ts";
import { tellingLine } from "./command.ts";
import { startLeash } from "./leash.ts";
import { readLines } from "./lines.ts";

export interface ServerProgram {
  /** What it is called in messages. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Who runs it, by default the user of this process. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What asks it to stop, by default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** What the leash sends when this process dies, by default TERM. */
  readonly orphanSignal?: "TERM" | "QUIT";
  /** Gets every line that the server prints. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** A server that was spawned; it ends with this process at the latest, even when this process is killed by SIGKILL. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, with a few words: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly hasEnded: boolean;
  /** The last lines that it printed, at most 100. */
  readonly lastLines: readonly string[];
  kill(signal: NodeJS.Signals): void;
  /** Asks it to stop, kills it after 10 s, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** A server was started and did not come up. */
export class ServerFailedError extends SetupError {}

const keptLines = 100;
const stopMs = 10_000;
const outputMs = 3000;

/** @throws {SetupError} when the program cannot be started at all */
export async function spawnServer(program: ServerProgram): Promise<ServerProcess> {
  const leash = startLeash({ signal: program.orphanSignal ?? "TERM" });
  const child = spawn(program.file, program.args, {
    ...program.user,
    cwd: "/",
    detached: true, // Ctrl-C in a terminal is for whoever started us; we stop the server in our own order
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) {
    leash.release();
    const [error] = await once(child, "error");
    throw new SetupError(`${program.name} cannot be started: ${messageOf(error)}`);
  }
  leash.hold(pid);

  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream, (line) => {
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
      program.onLine?.(line);
    });
  }

  let hasEnded = false;
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      hasEnded = true;
      leash.release();
      const how = signal ?? `exit code ${code}`;
      const closed = new Promise((done) => child.once("close", done)); // when processes of its own that hold its output have ended too
      void Promise.race([closed, sleep(outputMs, undefined, { ref: false })]).then(() => resolve(how));
    });
  });

  return {
    pid,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    lastLines,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill(program.stopSignal ?? "SIGTERM");
      child.kill("SIGCONT"); // it may have been frozen by a test
      const killer = setTimeout(() => child.kill("SIGKILL"), stopMs);
      await ended;
      clearTimeout(killer);
    },
  };
}

/**
 * Waits until `probe` answers something, asking every 20 ms.
 *
 * @param probe answers undefined, or throws, while the server is not ready; gets a signal that bounds one question to 2 s
 * @throws {ServerFailedError} with the server's own words, when it ends instead or `timeoutMs` have passed
 */
export async function untilReady<T>(
  name: string,
  server: ServerProcess,
  probe: (signal: AbortSignal) => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let obstacle = "it does not answer";
  while (!server.hasEnded) {
    try {
      const answer = await probe(AbortSignal.timeout(2000));
      if (answer !== undefined) return answer;
    } catch (error) {
      obstacle = messageOf(error);
    }
    if (Date.now() >= deadline) {
      throw new ServerFailedError(
        `${name} was not ready after ${timeoutMs / 1000} s (${obstacle}): ${lastWords(server)}`,
      );
    }
    await sleep(20);
  }
  throw new ServerFailedError(`${name} did not start (${await server.ended}): ${lastWords(server)}`);
}

function lastWords(server: ServerProcess): string {
  const line = tellingLine(server.lastLines.join("\n")) || "it printed nothing";
  const record = decodeJson(line); // etcd's log is JSON
  const words = [textAt(record, "msg"), textAt(record, "error")].filter((word) => word !== undefined);
  return words.join(": ") || line;
}
