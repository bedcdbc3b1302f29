import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startProgram, type Program } from "@banyan/dev";

/** The three services, as they are announced. */
export const services = ["user", "order", "inventory"] as const;
export type Service = (typeof services)[number];

/** Where an instance is: one that is restarted in its place has the ports of the one before. */
export interface Seat {
  readonly port: number;
  readonly adminPort: number;
}

/** What an instance runs. */
export interface Release {
  readonly folder: string;
  /** What Node runs in it. */
  readonly main: string;
  /** Told in etcd beside the address; the sources of the checkout have none. */
  readonly version?: string;
}

export interface InstanceOptions {
  readonly service: Service;
  readonly release: Release;
  /** Tells it from others in logs and reports, as in `order-7`. */
  readonly name: string;
  readonly seat: Seat;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One process of a service. Disposal ends it as {@link ServiceInstance.stop} does, whatever comes of it. */
export interface ServiceInstance extends AsyncDisposable {
  readonly service: Service;
  readonly release: Release;
  readonly name: string;
  readonly seat: Seat;
  /** Sends SIGTERM and waits for the end. @throws when it had to be killed, had ended before, or the exit code is not 0 */
  stop(): Promise<void>;
}

export const logFolder = join(import.meta.dirname, "..", "..", ".report", "rolling");
export const workspaceFolder = join(import.meta.dirname, "..", "..", "..", "..");
/** The first one migrates its database. */
const readyMs = 60_000;
const patienceSeconds = 20;
const pollMs = 25;

/** The app of a service, relative to the workspace. */
export function appOf(service: Service): string {
  return join("apps", `${service}-service`);
}

/** The service as the checkout has it. */
export function sourcesOf(service: Service): Release {
  return { folder: join(workspaceFolder, appOf(service)), main: join("src", "main.ts") };
}

export async function freeSeat(): Promise<Seat> {
  return { port: await freePort(), adminPort: await freePort() };
}

/** Starts an instance and resolves when `/readyz` says that it takes calls and is announced. */
export async function startInstance(options: InstanceOptions): Promise<ServiceInstance> {
  const { service, release, name, seat, env, signal } = options;
  const { port, adminPort } = seat;
  const program = await startProgram({
    args: [release.main],
    folder: release.folder,
    env: { PATH: process.env["PATH"], ...env, PORT: String(port), ADMIN_PORT: String(adminPort) },
    stdio: "pipe",
    patienceSeconds,
  });
  await keepLog(program, name);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    const how = await program.stop();
    const { code, signal: endedBy } = await program.ended;
    if (how === "killed") throw new Error(`${name} had not ended ${patienceSeconds} s after SIGTERM and was killed`);
    if (code !== 0) throw new Error(`${name} has ended with ${endedBy ?? `exit code ${code}`}`);
  };
  try {
    await untilReady(name, adminPort, program, signal);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return {
    service,
    release,
    name,
    seat,
    stop,
    async [Symbol.asyncDispose]() {
      if (!isStopping) await program.stop();
    },
  };
}

async function untilReady(name: string, adminPort: number, program: Program, signal: AbortSignal): Promise<void> {
  const ended = program.ended.then(({ code, signal: endedBy }) => {
    throw new Error(`${name} has ended before it was ready: ${endedBy ?? `exit code ${code}`}`);
  });
  const late = AbortSignal.timeout(readyMs);
  const either = AbortSignal.any([signal, late]);
  const ready = async (): Promise<void> => {
    while (!(await isReady(adminPort, either))) {
      if (late.aborted) throw new Error(`${name} was not ready after ${readyMs / 1000} s`);
      await sleep(pollMs, undefined, { signal });
    }
  };
  await Promise.race([ready(), ended]);
}

async function isReady(adminPort: number, signal: AbortSignal): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal });
    return ok;
  } catch {
    return false; // it does not listen yet
  }
}

async function keepLog({ outputs, ended }: Program, name: string): Promise<void> {
  await mkdir(logFolder, { recursive: true });
  const log = createWriteStream(join(logFolder, `${name}.log`));
  for (const output of outputs) createInterface(output).on("line", (line) => log.write(`${line}\n`));
  void ended.then(() => setImmediate(() => log.end()));
}
