import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { z } from "zod";
import { within } from "../../within.ts";
import type { ForeignServer } from "./foreign-server.ts";

const startMs = 20_000;
const stopMs = 20_000;

const serving = z.object({ address: z.string(), agingAddress: z.string() });

/**
 * Starts a program that prints its addresses as a line of JSON, and stops when its standard input ends: so it does not
 * outlive this process. What it says as errors is ours.
 */
export async function startServerProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ForeignServer> {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const exited = once(child, "exit");
  child.stdin.on("error", () => undefined); // its end tells more
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await within(stopMs, `the end of ${file}`, exited);
  };
  try {
    const ended = exited.then(() => Promise.reject(new Error(`${file} has ended; its errors are above`)));
    const line = once(createInterface(child.stdout), "line");
    const [text] = await within(startMs, `${file} to serve`, Promise.race([line, ended]));
    return {
      ...serving.parse(JSON.parse(String(text))),
      stop,
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await within(stopMs, `the end of ${file}`, exited);
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
