import { startEtcd, type Etcd } from "@banyan/dev";
import { ConfigurationError, ExpectedError } from "@banyan/service";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { announcedServer } from "../../testing/announced-server.ts";
import { openDeafServer } from "../../testing/deaf-server.ts";
import { memoryTerminal, type MemoryTerminal } from "../../testing/memory-terminal.ts";
import { putKey } from "../../testing/put-key.ts";
import { UsageError } from "../../usage-error.ts";
import { instances } from "./command.ts";

let etcd: Etcd;
let terminal: MemoryTerminal;
beforeAll(async () => void (etcd = await startEtcd()));
beforeEach(() => void (terminal = memoryTerminal({ env: { ETCD_ENDPOINTS: etcd.endpoint } })));
afterAll(() => etcd[Symbol.asyncDispose]());

/** Waits, for at most 10 s, until the terminal shows `text`. */
const shows = (text: string | RegExp): Promise<void> =>
  vi.waitFor(() => expect(terminal.output()).toMatch(text), { timeout: 10_000, interval: 20 });

describe("banyan instances", () => {
  it("shows announced servers with lease, health and age", async () => {
    await using server = await announcedServer(etcd.endpoint, "user", "instance-1");
    await using _other = await announcedServer(etcd.endpoint, "order", "instance-2");
    await instances.run([], terminal);
    const [heading, , ...table] = terminal.output().split("\n");
    expect(heading).toMatch(new RegExp(`^etcd ${etcd.endpoint}, read at \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$`));
    expect(table.map((line) => line.split(/ {2,}/))).toEqual([
      ["service", "instance", "address", "lease left", "health", "age"],
      ["order", "instance-2", expect.any(String), expect.stringMatching(/^\d+ s$/), "SERVING", expect.any(String)],
      [
        "user",
        "instance-1",
        server.address,
        expect.stringMatching(/^\d+ s$/),
        "SERVING",
        expect.stringMatching(/^\d+ s$/),
      ],
      [""],
      ["2 instances listed"],
      [""],
    ]);
  });

  it("asks for health under the name of the service: an address that another one took over does not pass for it", async () => {
    await using server = await announcedServer(etcd.endpoint, "user", "instance-1");
    await putKey(etcd.endpoint, "/services/taken/old", server.address);
    await instances.run(["taken"], terminal);
    expect(terminal.output()).toMatch(/^taken {4}old .* no lease {4}unknown service {2}–$/m);
  });

  it("shows the dead, the silent and the unreadable, with reasons, and is not held up by them", async () => {
    await using deaf = await openDeafServer();
    await putKey(etcd.endpoint, "/services/broken/dead", "127.0.0.1:1");
    await putKey(etcd.endpoint, "/services/broken/deaf", deaf.address);
    await putKey(etcd.endpoint, "/services/broken/odd", new Uint8Array([0xff, 0xfe]));
    await putKey(etcd.endpoint, "/services/broken/\u001B[2J", "hello");
    await instances.run(["broken"], terminal);
    expect(terminal.output()).toMatch(/^broken .*\\u\{1b\}\[2J .*unreadable: neither host:port nor JSON$/m);
    expect(terminal.output()).toMatch(/^broken .*dead .*no answer .*ECONNREFUSED/m);
    expect(terminal.output()).toMatch(/^broken .*deaf .*no answer .*none within 2000 ms$/m);
    expect(terminal.output()).toMatch(/^broken .*odd .*unreadable: not UTF-8$/m);
    expect(terminal.output()).not.toContain("\u001B");
  });

  it("prints JSON", async () => {
    await using server = await announcedServer(etcd.endpoint, "user", "instance-1");
    await instances.run(["user", "--json"], terminal);
    expect(JSON.parse(terminal.output())).toEqual({
      etcd: [etcd.endpoint],
      readAt: expect.any(String),
      instances: [
        {
          service: "user",
          id: "instance-1",
          key: "/services/user/instance-1",
          leaseSecondsLeft: expect.any(Number),
          address: server.address,
          health: "SERVING",
          startedAt: expect.any(String),
        },
      ],
    });
  });

  it("says that a service has no instance, and does not fail", async () => {
    await instances.run(["nobody"], terminal);
    expect(terminal.output()).toMatch(/\n\nno instance of nobody listed\n$/);
  });

  it.each([[["--foo"]], [["a", "b"]], [["User!"]], [["a/b", "--watch"]], [["x".repeat(300)]], [[""]]])(
    "refuses the arguments %j in one line",
    async (args) => {
      const refused: unknown = await instances.run(args, terminal).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UsageError);
      expect(String(refused)).toMatch(/expected [^\n]+$/);
    },
  );

  it("refuses a wrong environment by name", async () => {
    await expect(instances.run([], memoryTerminal({ env: { ETCD_ENDPOINTS: "etcd" } }))).rejects.toThrow(
      ConfigurationError,
    );
  });

  it("says in one line which etcd cannot be reached and what to do", async () => {
    const nowhere = memoryTerminal({ env: { ETCD_ENDPOINTS: "http://127.0.0.1:1" } });
    const failure: unknown = await instances.run([], nowhere).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExpectedError);
    expect(String(failure)).toMatch(/^[^\n]*etcd http:\/\/127\.0\.0\.1:1 cannot be reached: set ETCD_ENDPOINTS[^\n]*$/);
    expect(nowhere.output()).toBe("");
  });
});

describe("banyan instances --watch", () => {
  it("prints a line for each change, and ends when it is interrupted", async () => {
    const watching = instances.run(["user", "--watch"], terminal);
    await shows("lists no instance of user");
    await using server = await announcedServer(etcd.endpoint, "user", "instance-1");
    await shows(`Z user/instance-1 joined, ${server.address}\n`);
    await shows("Z user/instance-1 health SERVING\n");
    server.become(false);
    await shows(`Z user/instance-1 left, ${server.address}\n`);
    terminal.interrupt();
    await watching;
  });

  it("goes on while etcd is away, says so once, and is back with it", async () => {
    const watching = instances.run(["--watch"], terminal);
    await shows(" lists ");
    await etcd.kill("SIGKILL");
    await shows(/Z etcd .* cannot be reached: set ETCD_ENDPOINTS/);
    await etcd.restart();
    await shows(/Z etcd .* answers again, after \d+ s\n/);
    expect(terminal.output().match(/cannot be reached/g)).toHaveLength(1);
    terminal.interrupt();
    await watching;
  });

  it("prints a line of JSON for each change", async () => {
    await using _server = await announcedServer(etcd.endpoint, "user", "instance-1");
    const watching = instances.run(["user", "--watch", "--json"], terminal);
    await shows('"health":"SERVING"');
    terminal.interrupt();
    await watching;
    const lines = terminal.output().trim().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { change: "listed", etcd: [etcd.endpoint], instances: 1 },
      { change: "joined", service: "user", id: "instance-1" },
      { change: "health", health: "SERVING" },
    ]);
  });

  it("redraws the table on a terminal, and shows how old it is while etcd is away", async () => {
    terminal = memoryTerminal({ env: { ETCD_ENDPOINTS: etcd.endpoint }, isTTY: true });
    await using server = await announcedServer(etcd.endpoint, "user", "instance-1");
    const watching = instances.run(["user", "--watch"], terminal);
    const row = new RegExp(`^user {5}instance-1 {2}${server.address} .* SERVING`, "m");
    await shows(row);
    await etcd.kill("SIGKILL");
    await shows("cannot be reached");
    await shows(/the list is [2-9] s old/);
    expect(terminal.output().split("\u001B[J").at(-1)).toMatch(row);
    await etcd.restart();
    terminal.interrupt();
    await watching;
  });
});
