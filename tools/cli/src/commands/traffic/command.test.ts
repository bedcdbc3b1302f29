import { startEtcd, type Etcd } from "@banyan/dev";
import { ExpectedError } from "@banyan/service";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryTerminal, type MemoryTerminal } from "../../testing/memory-terminal.ts";
import { putKey } from "../../testing/put-key.ts";
import { openSplitFleet } from "../../testing/split-fleet.ts";
import { UsageError } from "../../usage-error.ts";
import { history } from "../history/command.ts";
import { status } from "../status/command.ts";
import { traffic } from "./command.ts";

let etcd: Etcd;
let terminal: MemoryTerminal;
beforeAll(async () => void (etcd = await startEtcd()));
beforeEach(() => void (terminal = memoryTerminal({ env: { ETCD_ENDPOINTS: etcd.endpoint } })));
afterAll(() => etcd[Symbol.asyncDispose]());

describe("banyan traffic", () => {
  it("changes what is named, prints the rule, and keeps who has done it", async () => {
    await traffic.run(["user"], terminal);
    await traffic.run(["user", "--percent", "5", "--mirror", "10"], terminal);
    await traffic.run(["user", "--mode", "off"], terminal);
    await traffic.run(["user"], terminal);
    expect(terminal.output()).toBe(
      "no rule: all is the legacy's\n" +
        'user: {"mode":"split","percent":5,"shadow":{"percent":10}}\n' +
        'user: {"mode":"off","percent":5,"shadow":{"percent":10}}\n' +
        '{"mode":"off","percent":5,"shadow":{"percent":10}}\n',
    );
    const later = memoryTerminal({ env: terminal.env });
    await history.run(["user"], later);
    const [heading, first, second] = later.output().split("\n");
    expect(heading).toMatch(/^time +by +what$/);
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}\S+@\S+ +rule by hand: mode split, 5 %, 10 % mirrored$/);
    expect(second).toMatch(/rule by hand: mode off, 5 %, 10 % mirrored$/);
    await history.run(["nobody"], later);
    expect(later.output()).toMatch(/\nno history of nobody\n$/);
  });

  it("leaves fields out of the comparison, and takes them back in", async () => {
    await traffic.run(["payment", "--ignore", "order.state,ListOrders/orders", "--mirror", "10"], terminal);
    await traffic.run(["payment", "--ignore", ""], terminal);
    expect(terminal.output()).toBe(
      'payment: {"mode":"off","shadow":{"percent":10,"ignore":["order.state","ListOrders/orders"]}}\n' +
        'payment: {"mode":"off","shadow":{"percent":10}}\n',
    );
  });

  it.each([
    [[], "service: expected the name of one"],
    [["user", "--mode", "on"], '--mode: expected one of off, shadow, split, all, got "on"'],
    [["user", "--percent", "-1"], '--percent: expected a number in [0, 100], got "-1"'],
    [["user", "--mode", "all", "--percent", "5"], "--percent: expected the mode split with it, got all"],
  ])("refuses %j", async (args, message) => {
    const refused: unknown = await traffic.run(args, terminal).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(String(refused)).toContain(message);
  });

  it("refuses what is no rule, by its field", async () => {
    await expect(traffic.run(["order", "--mode", "shadow"], terminal)).rejects.toThrow(ExpectedError);
    await expect(traffic.run(["order", "--mode", "shadow"], terminal)).rejects.toThrow(/shadow\.percent/);
  });

  it("says what to do about a rule that cannot be read", async () => {
    await putKey(etcd.endpoint, "/traffic/inventory", "nonsense");
    await expect(traffic.run(["inventory", "--mode", "off"], terminal)).rejects.toThrow(
      /put a good one there, or delete it/,
    );
  });
});

describe("banyan status", () => {
  it("shows rule, sides, writes and splits of all services that have any", async () => {
    await using _fleet = await openSplitFleet(etcd.endpoint);
    await traffic.run(["user", "--percent", "50", "--mirror", "0"], terminal);
    const shown = async (): Promise<string> => {
      const screen = memoryTerminal({ env: terminal.env });
      await status.run([], screen);
      return screen.output();
    };
    await expect
      .poll(shown, { timeout: 15_000, interval: 200 })
      .toMatch(/user: split, 50 % of the reads are the candidate's; revision \d+\nwrites are the legacy's, epoch 0\n/);
    await expect
      .poll(shown, { timeout: 15_000, interval: 200 })
      .toMatch(/\nlegacy +[\d,]+ +0 \(0 %\) +≤ [\d.]+ ms +≤ [\d.]+ ms\ncandidate +\d/);
    expect(await shown()).toMatch(/\nsplit-1 +\d+ +closed +legacy +0 +\d+ s ago\nsplit-2 /);
    expect(await shown()).toMatch(/^inventory: a rule that cannot be read\nwarning: the rule is refused/);
  });

  it("says that there is nothing, of one and of all", async () => {
    await using empty = await startEtcd();
    const screen = memoryTerminal({ env: { ETCD_ENDPOINTS: empty.endpoint } });
    await status.run([], screen);
    await status.run(["user"], screen);
    expect(screen.output()).toBe("no traffic rule, and no report of a split\nuser: no rule, all is the legacy's\n");
  });

  it("says in one line which etcd cannot be reached", async () => {
    const nowhere = memoryTerminal({ env: { ETCD_ENDPOINTS: "http://127.0.0.1:1" } });
    for (const command of [status, history, traffic]) {
      await expect(command.run(["user"], nowhere)).rejects.toThrow(
        /^etcd http:\/\/127\.0\.0\.1:1 cannot be reached: set/,
      );
    }
  });
});
