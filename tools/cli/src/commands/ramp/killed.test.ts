import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { startEtcd, type Etcd } from "@banyan/dev";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openSplitFleet, type SplitFleet } from "../../testing/split-fleet.ts";

let etcd: Etcd;
let fleet: SplitFleet;
beforeAll(async () => {
  etcd = await startEtcd();
  fleet = await openSplitFleet(etcd.endpoint);
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

/** The program, as npx runs it. */
function banyan(...args: string[]) {
  const child = spawn(join(import.meta.dirname, "..", "..", "main.ts"), args, {
    env: { PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter), ETCD_ENDPOINTS: etcd.endpoint },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  let [output, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    shows: (text: RegExp) => vi.waitFor(() => expect(output).toMatch(text), { timeout: 20_000, interval: 20 }),
    async end() {
      if (child.exitCode === null && child.signalCode === null) await once(child, "close");
      return { code: child.exitCode, output, errors };
    },
  };
}

const percentNow = async () => (await fleet.store.read("user"))?.rule.percent;
const reported = async () => (await fleet.store.listReports("user")).map(({ guard }) => guard);

it("a ramp that is interrupted says in one line that it leaves the rule where it is", async () => {
  const ramp = banyan("ramp", "user", "--to", "50", "--steps", "20", "--min-seconds", "60");
  await ramp.shows(/step to 20 %/);
  ramp.kill("SIGINT");
  expect(await ramp.end()).toEqual({
    code: 1,
    output: expect.stringMatching(/ user step to 20 %\n.* user interrupted\n$/),
    errors: "user is left at 20 %: go on with banyan ramp user --to 50, or take it back with --to 0\n",
  });
  expect(await percentNow()).toBe(20);
});

it(
  "a ramp that is killed leaves the percentage, and the splits still guard the callers",
  { timeout: 60_000 },
  async () => {
    const ramp = banyan("ramp", "user", "--to", "50", "--steps", "20", "--min-seconds", "60");
    await ramp.shows(/step to 20 %/);
    await vi.waitFor(async () => expect((await fleet.store.listHistory("user")).at(-1)?.what).toBe("step"));
    ramp.kill("SIGKILL");
    await ramp.end();

    fleet.candidate.errors = 1;
    await vi.waitFor(async () => expect(await reported()).toEqual(["open", "open"]), {
      timeout: 20_000,
      interval: 100,
    });
    const answered = fleet.answered;
    await vi.waitFor(() => expect(fleet.answered).toBeGreaterThan(answered + 100), { timeout: 20_000 });
    expect(fleet.harmed).toEqual({ failed: 0, wrong: 0 });
    expect(await percentNow()).toBe(20);
    fleet.candidate.errors = 0;

    const next = await banyan("ramp", "user", "--to", "50").end();
    expect(next.errors).toMatch(
      /^a ramp of user by .* is at 20 % since .* or take its place with --take-over[^\n]*\n$/,
    );
    const after = banyan("ramp", "user", "--to", "50", "--min-seconds", "60", "--take-over");
    await after.shows(/step to 25 %/);
    after.kill("SIGTERM");
    expect((await after.end()).errors).toMatch(/^user is left at 25 %/);
  },
);
