import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startEtcd, startPostgres } from "@banyan/dev";
import { notPrinted, type Step } from "./document.ts";
import { openTerminal, untilReady, untilShown, type Terminal } from "./terminal.ts";

export const workspaceFolder = join(import.meta.dirname, "..", "..", "..", "..");

/** Who follows a walkthrough on a machine of their own, and does each step as it is written. */
export interface Reader extends AsyncDisposable {
  /** @throws when it does not do what the document says */
  follow(step: Step): Promise<void>;
}

/** What a mover that has filled the other side shows, and visitors who call. */
const isUp = /following|calls/;
const upMs = 120_000;
const commandsMs = 900_000;
const interruptMs = 90_000;
const doorPort = 50050;

/**
 * The machine is not the reader's: etcd and PostgreSQL are the test's own, ports are free ones. And what Nx would run is
 * run without it. Else each command is the document's, letter by letter.
 */
export async function openReader(onOutput: (text: string) => void): Promise<Reader> {
  await using opening = new AsyncDisposableStack();
  const etcd = opening.use(await startEtcd());
  const postgres = opening.use(await startPostgres());
  const door = await freePort();
  const env = {
    HOME: process.env["HOME"],
    PATH: `${join(workspaceFolder, "node_modules", ".bin")}:${process.env["PATH"]}`,
    ETCD_ENDPOINTS: etcd.endpoint,
    POSTGRES_ADMIN_URL: postgres.adminUrl,
    LOG_LEVEL: "warn",
  };
  const asTyped = (text: string): string =>
    text.replaceAll("npx nx serve ", "node tools/dev/src/serve.ts ").replaceAll(String(doorPort), String(door));
  const terminals = new Map<string, Terminal>();
  const opened = opening.move();

  const open = async (command: string): Promise<void> => {
    const adminPort = await freePort();
    const ports = {
      PORT: String(command.endsWith("monolith") ? door : await freePort()),
      ADMIN_PORT: String(adminPort),
    };
    const terminal = opened.use(openTerminal(asTyped(command), { folder: workspaceFolder, env: { ...env, ...ports } }));
    terminals.set(command, terminal);
    if (command.startsWith("npx nx serve ")) await untilReady(adminPort, terminal, upMs);
    else await untilShown(terminal, isUp, upMs);
  };
  const perform = async (text: string): Promise<string> => {
    await using terminal = openTerminal(asTyped(text), { folder: workspaceFolder, env });
    const code = await within(terminal.ended, commandsMs);
    if (code !== 0) throw new Error(`ended with ${code}: ${terminal.output()}`);
    return terminal.output();
  };
  const interrupt = async (command: string): Promise<string> => {
    const terminal = terminals.get(command);
    if (terminal === undefined) throw new Error(`no terminal runs ${command}`);
    terminal.interrupt();
    await within(terminal.ended, interruptMs);
    return terminal.output();
  };

  return {
    async follow(step) {
      if (step.tag === "terminals") {
        for (const command of step.commands) await open(command);
        return;
      }
      const output = step.tag === "commands" ? await perform(step.text) : await interrupt(step.command);
      onOutput(`line ${step.line}\n${output}`);
      const missing = notPrinted(step.shown, output);
      if (missing.length > 0) throw new Error(`not printed: ${missing.join("\n")}\nbut:\n${output}`);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).then(() => {
    throw new Error(`not ended within ${ms / 1000} s`);
  });
  late.catch(() => undefined); // it is told by the race
  return Promise.race([promise, late]).finally(() => done.abort());
}
