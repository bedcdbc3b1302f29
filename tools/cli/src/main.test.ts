import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { startEtcd, type Etcd } from "@banyan/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let etcd: Etcd;
beforeAll(async () => void (etcd = await startEtcd()));
afterAll(() => etcd[Symbol.asyncDispose]());

/** Runs the file as npx does: by its first line, with this Node first on the PATH. */
function banyan(args: readonly string[], endpoints = etcd.endpoint) {
  const child = spawn(join(import.meta.dirname, "main.ts"), args, {
    env: { PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter), ETCD_ENDPOINTS: endpoints },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 15_000,
    killSignal: "SIGKILL",
  });
  return child;
}

async function outcomeOf(child: ChildProcessByStdio<null, Readable, Readable>) {
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code, signal]: unknown[] = await once(child, "close");
  return { code, signal, output, errors };
}

describe("the program", () => {
  it("ends with 0 when it has shown what is there", async () => {
    expect(await outcomeOf(banyan(["instances"]))).toEqual({
      code: 0,
      signal: null,
      output: expect.stringContaining("\nno instance listed\n"),
      errors: "",
    });
  });

  it("ends with 1 and one line when etcd cannot be reached", async () => {
    expect(await outcomeOf(banyan(["instances"], "http://127.0.0.1:1"))).toEqual({
      code: 1,
      signal: null,
      output: "",
      errors: expect.stringMatching(/^etcd http:\/\/127\.0\.0\.1:1 cannot be reached: [^\n]+\n$/),
    });
  });

  it("ends with 2 and one line when an argument is wrong", async () => {
    expect(await outcomeOf(banyan(["instances", "--foo"]))).toEqual({
      code: 2,
      signal: null,
      output: "",
      errors: 'banyan instances: argument "--foo": expected --watch or --json (see banyan instances --help)\n',
    });
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends a watch with 0 and no complaint at %s", async (signal) => {
    const child = banyan(["instances", "--watch"]);
    const outcome = outcomeOf(child);
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: 0, signal: null, errors: "" });
  });

  it("ends a watch when nobody reads it any more", async () => {
    const child = banyan(["instances", "--watch"]);
    await once(child.stdout, "data");
    child.stdout.destroy();
    await etcd.kill("SIGKILL"); // which is something to print
    expect((await outcomeOf(child)).errors).toBe("");
    expect(child.exitCode).toBe(0);
    await etcd.restart();
  });
});
