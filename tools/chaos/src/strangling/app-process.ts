import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startProgram, type Program } from "@banyan/dev";

/** One app of the checkout, as a process. Disposal ends it. */
export interface AppProcess extends AsyncDisposable {
  readonly address: string;
}

const workspaceFolder = join(import.meta.dirname, "..", "..", "..", "..");
export const logFolder = join(import.meta.dirname, "..", "..", ".report", "strangling");
const readyMs = 60_000;
const pollMs = 50;
const patienceSeconds = 20;

/**
 * Starts an app on free ports, and resolves when it is ready.
 *
 * @param app as in `monolith`, below `apps/`
 */
export async function startApp(
  app: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<AppProcess> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const own = { PORT: String(port), ADMIN_PORT: String(adminPort), BANYAN_ENV: "development", LOG_LEVEL: "info" };
  const program = await startProgram({
    args: [join("src", "main.ts")],
    folder: join(workspaceFolder, "apps", app),
    env: { PATH: process.env["PATH"], ...own, ...env },
    stdio: "pipe",
    patienceSeconds,
  });
  await keepLog(program, app);
  try {
    await untilReady(app, adminPort, program, signal);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await program.stop();
    },
  };
}

/** The command `banyan` of the checkout. */
export async function startBanyan(args: readonly string[], etcdEndpoint: string): Promise<Program> {
  const program = await startProgram({
    args: [join("tools", "cli", "src", "main.ts"), ...args],
    folder: workspaceFolder,
    env: { PATH: process.env["PATH"], ETCD_ENDPOINTS: etcdEndpoint },
    stdio: "pipe",
    patienceSeconds,
  });
  await keepLog(program, "banyan");
  return program;
}

async function untilReady(app: string, adminPort: number, { ended }: Program, signal: AbortSignal): Promise<void> {
  const bound = AbortSignal.any([signal, AbortSignal.timeout(readyMs)]);
  const early = ended.then(({ code }) => {
    throw new Error(`${app} has ended before it was ready, with exit code ${code}: see ${logFolder}`);
  });
  const ready = async (): Promise<void> => {
    while (!(await isReady(adminPort, bound))) await sleep(pollMs, undefined, { signal: bound });
  };
  await Promise.race([ready(), early]);
}

async function isReady(adminPort: number, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal })).ok;
  } catch {
    return false; // it does not listen yet
  }
}

async function keepLog({ outputs, ended }: Program, name: string): Promise<void> {
  await mkdir(logFolder, { recursive: true });
  const log = createWriteStream(join(logFolder, `${name}.log`), { flags: "a" });
  for (const output of outputs) createInterface(output).on("line", (line) => log.write(`${line}\n`));
  void ended.then(() => setImmediate(() => log.end()));
}
