import { spawn, type ChildProcess } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, within } from "./eventually.ts";
import { readLog, type LogLine } from "./log-file.ts";
import { compileCacheFolder, workspaceFolder } from "./paths.ts";

export type ServiceName = "user" | "order" | "inventory";

/** What can be run: a service, or the monolith, which serves the contracts of all three. */
export type AppName = ServiceName | "monolith";

/** Its folder below apps, and its project: `user-service`, `monolith`. */
export function projectOf(app: AppName): string {
  return app === "monolith" ? app : `${app}-service`;
}

/** How a process has ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One instance of a service: a process of its own, of which no more is known than what it prints. */
export interface ServiceProcess extends AsyncDisposable {
  readonly service: AppName;
  readonly id: string;
  readonly pid: number;
  /** Its stdout. */
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  log(): Promise<readonly LogLine[]>;
  /** All of stderr. */
  errorOutput(): Promise<string>;
  /** Waits until it serves, 20 s at most. @returns the address to dial, `host:port` */
  address(): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Sends `signal`, by default SIGTERM, and waits for the end, 15 s at most. Disposal kills it. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** How a service is run. */
export interface ServiceCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
}

export interface SpawnOptions {
  readonly service: AppName;
  readonly id: string;
  /** By default Node runs its sources. */
  readonly command?: ServiceCommand | undefined;
  /** Where stdout and stderr go. */
  readonly folder: string;
  /** All of its variables; one that is undefined is not set. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export async function spawnService(options: SpawnOptions): Promise<ServiceProcess> {
  const { service, id, folder, environment, command = sourcesOf(service) } = options;
  const logFile = join(folder, `${id}.log`);
  const errorFile = join(folder, `${id}.stderr`);
  await using stdout = await open(logFile, "w");
  await using stderr = await open(errorFile, "w");
  const child = spawn(command.program, command.args, {
    cwd: command.folder,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: compileCacheFolder, ...environment },
    stdio: ["ignore", stdout.fd, stderr.fd],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command.program} could not be started`);
  const leash = holdOnLeash(pid);
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      leash.kill();
      resolve({ code, signal });
    });
  });

  const end = async (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal);
    return within(`${id} ends after ${signal}`, 15_000, exited);
  };
  return {
    service,
    id,
    pid,
    logFile,
    exited,
    log: () => readLog(logFile),
    errorOutput: () => readFile(errorFile, "utf8"),
    async address() {
      const serving = eventually(async () => addressOf(await readLog(logFile), id), 20_000);
      const ended = exited.then(async ({ code, signal }): Promise<never> => {
        throw new Error(`${id} has ended (${signal ?? code}): ${await readFile(errorFile, "utf8")}`);
      });
      return Promise.race([serving, ended]);
    },
    signal: (signal) => void child.kill(signal),
    stop: (signal = "SIGTERM") => end(signal),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

function sourcesOf(service: AppName): ServiceCommand {
  const folder = join(workspaceFolder, "apps", projectOf(service));
  return { program: process.execPath, args: ["src/main.ts"], folder };
}

/** Ends a process when this one does, even by SIGKILL: the pipe that a shell reads from is closed then. */
function holdOnLeash(pid: number): ChildProcess {
  const script = 'read -r _; kill -KILL "$0"';
  return spawn("/bin/sh", ["-c", script, String(pid)], { stdio: ["pipe", "ignore", "ignore"], detached: true });
}

function addressOf(log: readonly LogLine[], id: string): string {
  const address = log.find(({ msg }) => msg === "serving")?.["address"];
  if (typeof address !== "string") throw new Error(`${id} does not serve yet`);
  return address;
}
