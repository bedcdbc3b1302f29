import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { within } from "./within.ts";
import { workspaceFolder } from "./places.ts";

const servingMs = 30_000;
const stoppingMs = 20_000;

const servingLine = z.object({ msg: z.literal("serving"), address: z.string() });

/** A process of user-service. Disposal kills it. */
export interface UserService extends AsyncDisposable {
  /** `host:port` that it listens on. */
  readonly address: string;
  /** Ends it as an orchestrator does, with SIGTERM, and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts one, with these variables beside the usual ones, and waits until it serves. */
export async function startUserService(variables: Readonly<Record<string, string>>): Promise<UserService> {
  const child = spawn(process.execPath, ["src/main.ts"], {
    cwd: join(workspaceFolder, "apps/user-service"),
    env: { PATH: process.env["PATH"], BANYAN_ENV: "development", PORT: "0", LOG_FORMAT: "json", ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  // Ends with this process, even by SIGKILL: then the pipe is closed that the shell reads from.
  const leash = spawn("/bin/sh", ["-c", 'read -r _; kill -KILL "$0"', String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  void exited.then(() => leash.kill());
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await within(stoppingMs, "the end of user-service", exited);
  };

  const serving = Promise.withResolvers<string>();
  createInterface(child.stdout).on("line", (line) => {
    const reading = servingLine.safeParse(parseJson(line));
    if (reading.success) serving.resolve(reading.data.address);
  });
  const ended = exited.then(() => Promise.reject(new Error("user-service has ended; its errors are above")));
  try {
    const address = await within(servingMs, "user-service to serve", Promise.race([serving.promise, ended]));
    return { address, stop: () => end("SIGTERM"), [Symbol.asyncDispose]: () => end("SIGKILL") };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
