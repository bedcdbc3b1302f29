import { startEtcd, type Etcd } from "@banyan/dev";
import { ExpectedError } from "@banyan/service";
import { legacyRule, noRule, parseTrafficRule, type TrafficRuleInit } from "@banyan/strangler";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryTerminal, type MemoryTerminal } from "../../testing/memory-terminal.ts";
import { openSplitFleet, type SplitFleet } from "../../testing/split-fleet.ts";
import { ramp } from "./command.ts";

/** A ramp that needs few calls, for a machine that has other things to do. */
const few = ["--min-calls", "50", "--max-error-percent", "10", "--max-slow-percent", "50"];
const patient = [...few, "--mirror", "50", "--max-mismatch-percent", "10", "--slower-by-ms", "100", "--min-seconds"];
const quickly = [...patient, "1"];

let etcd: Etcd;
let fleet: SplitFleet;
let terminal: MemoryTerminal;
beforeAll(async () => void (etcd = await startEtcd()));
afterAll(() => etcd[Symbol.asyncDispose]());
beforeEach(async () => {
  fleet = await openSplitFleet(etcd.endpoint);
  terminal = memoryTerminal({ env: { ETCD_ENDPOINTS: etcd.endpoint } });
  await put({ mode: "off" });
});
afterEach(() => fleet[Symbol.asyncDispose]());

/** Whatever rule there was, and whoever has ramped before. */
async function put(init: TrafficRuleInit): Promise<void> {
  const { store } = fleet;
  const stored = await store.read("user");
  expect(await store.write("user", parseTrafficRule(init), stored?.revision ?? noRule)).not.toBe("conflict");
  await vi.waitFor(async () => expect(await store.listReports("user")).toHaveLength(2), { timeout: 10_000 });
}

const ruleNow = async () => (await fleet.store.read("user"))?.rule ?? legacyRule;
const historyNow = async () => (await fleet.store.listHistory("user")).map(({ what }) => what);
const shows = (text: string | RegExp): Promise<void> =>
  vi.waitFor(() => expect(terminal.output()).toMatch(text), { timeout: 20_000, interval: 20 });

async function failureOf(ramping: Promise<void>): Promise<string> {
  const failure: unknown = await ramping.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ExpectedError);
  return failure instanceof Error ? failure.message : "";
}

describe("banyan ramp", () => {
  it("goes step by step to the percentage, keeps each in the history, and leaves the rest of the rule alone", async () => {
    await put({ mode: "off", sticky: "user_id", shadow: { percent: 1, ignore: ["email"] } });
    await ramp.run(["user", "--to", "100", "--steps", "1,50", ...quickly], terminal);
    expect(await ruleNow()).toEqual(
      parseTrafficRule({ mode: "split", percent: 100, sticky: "user_id", shadow: { percent: 1, ignore: ["email"] } }),
    );
    expect((await historyNow()).slice(-4)).toEqual(["step", "step", "step", "done"]);
    const last = (await fleet.store.listHistory("user")).at(-1);
    expect(last).toMatchObject({ by: expect.stringMatching(/^.+@.+$/), facts: { percentBefore: 100, splits: 2 } });
    expect(terminal.output()).toMatch(
      / user step to 1 %\n.* user step to 50 %: at 1 % for \d+ s, 0 of \d+ calls failed/,
    );
    expect(fleet.harmed).toEqual({ failed: 0, wrong: 0 });
  });

  it.each([
    [
      "errors",
      { errors: 0.3 },
      /^user was rolled back from 50 % to 0 %: (errors: \d+ of \d+ calls \(.* %\) failed on the candidate|the guard of split-)/,
    ],
    [
      "wrong answers",
      { wrongName: 0.3 },
      /^user was rolled back from 50 % to 0 %: mismatches: .* differ, in GetUser\/name$/,
    ],
    [
      "slowness",
      { slowMs: 400 },
      /^user was rolled back from 50 % to 0 %: latency: \d+ of \d+ calls \(.* %\) took more than/,
    ],
  ])("rolls back for %s, and says why", async (_, fault, reason) => {
    const ramping = ramp.run(["user", "--to", "50", "--steps", "50", ...patient, "60"], terminal);
    await shows("step to 50 %");
    Object.assign(fleet.candidate, fault);
    expect(await failureOf(ramping)).toMatch(reason);
    expect(await ruleNow()).toMatchObject({ mode: "split", percent: 0, shadow: { percent: 0 } });
    expect((await fleet.store.listHistory("user")).at(-1)).toMatchObject({
      what: "rollback",
      facts: { percentBefore: 50 },
    });
  });

  it("is refused while another one goes on, and ends that one where it is to take its place", async () => {
    const first = ramp.run(["user", "--to", "50", "--steps", "5", "--min-seconds", "60"], terminal);
    await shows("step to 5 %");
    await vi.waitFor(async () => expect((await historyNow()).at(-1)).toBe("step"), { timeout: 5000 });
    const other = memoryTerminal({ env: terminal.env });
    expect(await failureOf(ramp.run(["user", "--to", "50"], other))).toMatch(
      /^a ramp of user by .* is at 5 % since .* wait for it, or take its place with --take-over/,
    );
    const second = ramp.run(["user", "--to", "50", "--min-seconds", "60", "--take-over"], other);
    expect(await failureOf(first)).toMatch(
      /^somebody else has changed the rule of user, and it is left as they have it/,
    );
    other.interrupt();
    expect(await failureOf(second)).toBe(
      "user is left at 5 %: go on with banyan ramp user --to 50, or take it back with --to 0",
    );
  });

  it("of two that begin at the same moment lets one go on", async () => {
    const terminals = [terminal, memoryTerminal({ env: terminal.env })];
    const both = terminals.map(async (each) => failureOf(ramp.run(["user", "--to", "5", "--min-seconds", "60"], each)));
    const early = await Promise.race(both);
    expect(early).toMatch(/^(somebody else has changed the rule|a ramp of user by)/);
    for (const each of terminals) each.interrupt();
    expect((await Promise.all(both)).filter((text) => text.startsWith("user is left at 1 %"))).toHaveLength(1);
  });

  it("ends and leaves the rule alone when somebody else changes it", async () => {
    const ramping = ramp.run(["user", "--to", "50", "--min-seconds", "60"], terminal);
    await shows("step to 1 %");
    await put({ mode: "split", percent: 33 });
    expect(await failureOf(ramping)).toMatch(/^somebody else has changed the rule/);
    expect(await ruleNow()).toMatchObject({ percent: 33 });
  });

  it("goes on where a rule was left, and back at once", async () => {
    await put({ mode: "split", percent: 25 });
    await ramp.run(["user", "--to", "50", ...quickly], terminal);
    expect(terminal.output()).toMatch(/ user step to 25 %\n.* user step to 50 %/);
    await ramp.run(["user", "--to", "0"], terminal);
    expect(terminal.output()).toMatch(/user: 50 % -> 0 %\n$/);
    expect(await ruleNow()).toMatchObject({ mode: "split", percent: 0 });
  });

  it("leaves the rule where it is when a step has seen too little for too long", async () => {
    const args = ["--to", "1", "--min-seconds", "0", "--max-seconds", "2", "--min-calls", "1000000"];
    expect(await failureOf(ramp.run(["user", ...args], terminal))).toMatch(
      /^user is left at 1 %, for it has waited too long for \d+ calls on the candidate side/,
    );
  });

  it.each([
    [{ mode: "all" }, "all reads of user are the candidate's already (mode all)"],
    [
      { mode: "split", methods: { GetUser: { percent: 5 } } },
      "the rule of user has percentages of its own for GetUser: take them out first, a ramp moves the service's",
    ],
  ] as const)("refuses to begin under the rule %j", async (rule, message) => {
    await put(rule);
    expect(await failureOf(ramp.run(["user", "--to", "100"], terminal))).toBe(message);
  });

  it("refuses where nobody reports, and where nobody answers", async () => {
    expect(await failureOf(ramp.run(["order", "--to", "5"], terminal))).toMatch(
      /^no split of order reports: start what/,
    );
    const nowhere = memoryTerminal({ env: { ETCD_ENDPOINTS: "http://127.0.0.1:1" } });
    expect(await failureOf(ramp.run(["user", "--to", "5"], nowhere))).toMatch(/^etcd .* cannot be reached/);
  });

  it("draws how it stands on a terminal", async () => {
    terminal = memoryTerminal({ env: terminal.env, isTTY: true });
    const ramping = ramp.run(["user", "--to", "5", "--min-seconds", "60", "--mirror", "50"], terminal);
    await shows(/user at 1 % for \d+ s, 2 splits report/);
    await shows(/candidate {2}\d+ .*\n/);
    await shows(/waiting for \d+ s/);
    terminal.interrupt();
    await failureOf(ramping);
  });
});
