import type { Bench } from "../bench.ts";
import { startChild, type Child } from "../child-process.ts";
import type { Report } from "../report.ts";
import { comparison, type Group, type Samples } from "./comparison.ts";
import { servingMessage, type CallerTask, type ServerTask } from "./messages.ts";
import { runRounds, type Contender, type RoundsPlan } from "./rounds.ts";
import { balancedByThree, stock, stockByTurns, waysToOne } from "./ways.ts";

const readyMs = 30_000;
/** Before those that count, while the code is compiled and the latencies are learnt. */
const warmUpRounds = 6;
const concurrencies = [1, 16, 64] as const;

const settings = { rounds: 100, calls: 200 };

const lossAt = (concurrency: number): string => `balancedTransport, ${concurrency} at a time: fewer calls/s`;
const extraAt = (concurrency: number): string => `balancedTransport, ${concurrency} at a time: more CPU a call`;

export const policyChain: Bench<typeof settings> = {
  name: "policy-chain",
  description:
    "Unary calls of a method without side effects to a server that answers at once, made in several ways by one process: " +
    "by connect-node as it comes, and with each of our layers on top. The ways take turns within each round; what they " +
    "cost more or less is the median of the differences within a round. CPU is that of the calling process, all its " +
    "threads included; the servers are processes of their own. The ways to three servers are compared with each other.",
  settings,
  aims: concurrencies.flatMap((concurrency) => [
    { figure: lossAt(concurrency), below: 15, unit: "%" },
    { figure: extraAt(concurrency), below: 3, unit: "µs" },
  ]),

  async run(report, { rounds, calls }) {
    report.condition(`${rounds} rounds of ${calls} calls each way, after ${warmUpRounds} more`);
    await using opened = new AsyncDisposableStack();
    const unlimited = [
      await openServer(opened, false),
      await openServer(opened, false),
      await openServer(opened, false),
    ];
    await measureCallers(report, openCaller(opened, unlimited), unlimited, { rounds, calls });
    const limited = await openServer(opened, true);
    const [first = limited] = unlimited;
    const servers = { "no limit": first, limit: limited };
    const contenders = Object.entries(servers).map(([words, server]) => {
      return { words, caller: openCaller(opened, [server]), way: stock, servers: [server.child] };
    });
    await measureServers(report, contenders, { rounds, calls });
  },
};

interface OpenServer {
  readonly child: Child;
  readonly address: string;
}

async function openServer(opened: AsyncDisposableStack, limited: boolean): Promise<OpenServer> {
  const task: ServerTask = { limited };
  const child = opened.use(startChild(new URL("server.ts", import.meta.url), task));
  return { child, ...(await child.next(servingMessage, readyMs)) };
}

function openCaller(opened: AsyncDisposableStack, servers: readonly OpenServer[]): Child {
  const task: CallerTask = { addresses: servers.map(({ address }) => address) };
  return opened.use(startChild(new URL("caller.ts", import.meta.url), task));
}

type Repetitions = Pick<RoundsPlan, "rounds" | "calls">;

async function measureCallers(
  report: Report,
  caller: Child,
  servers: readonly OpenServer[],
  { rounds, calls }: Repetitions,
): Promise<void> {
  const children = servers.map(({ child }) => child);
  const by = (way: string): Contender => ({ words: way, caller, way, servers: children });
  const groups = [
    { base: by(stock), others: Object.values(waysToOne).map(by) },
    { base: by(stockByTurns), others: [by(balancedByThree)] },
  ];
  const contenders = groups.flatMap(({ base, others }) => [base, ...others]);
  await runRounds(contenders, { concurrency: 16, rounds: warmUpRounds, calls });
  for (const concurrency of concurrencies) {
    printCallers(report, concurrency, groups, await runRounds(contenders, { concurrency, rounds, calls }));
  }
}

/** What the limit of a server costs it: all callers are the same. */
async function measureServers(
  report: Report,
  contenders: readonly Contender[],
  { rounds, calls }: Repetitions,
): Promise<void> {
  await runRounds(contenders, { concurrency: 16, rounds: warmUpRounds, calls });
  const rows = [];
  for (const concurrency of concurrencies) {
    rows.push(...serverRows(concurrency, contenders, await runRounds(contenders, { concurrency, rounds, calls })));
  }
  report.table(["the server", "calls/s", "to no limit", "CPU a call, µs", "more, µs", "refused, %"], rows);
}

function printCallers(report: Report, concurrency: number, groups: readonly Group[], samples: Samples): void {
  const rows = groups.flatMap(({ base, others }) =>
    [base, ...others].map((contender) => {
      const { speed, extraMicros, ...row } = comparison(samples, contender, base, "callerMicros");
      if (contender.words === waysToOne.balanced) {
        report.figure(lossAt(concurrency), 100 * (1 - speed));
        report.figure(extraAt(concurrency), extraMicros);
      }
      return [contender.words, row.callsPerSecond, speed, row.micros, extraMicros, row.requests];
    }),
  );
  const columns = ["calls/s", "to connect-node", "CPU a call, µs", "more, µs", "requests a call"];
  report.table([`${concurrency} at a time`, ...columns], rows);
}

function serverRows(concurrency: number, [base, ...others]: readonly Contender[], samples: Samples) {
  if (base === undefined) return [];
  return [base, ...others].map((contender) => {
    const { speed, extraMicros, ...row } = comparison(samples, contender, base, "serverMicros");
    const words = `${contender.words}, ${concurrency} at a time`;
    return [words, row.callsPerSecond, speed, row.micros, extraMicros, row.refusedPercent];
  });
}
