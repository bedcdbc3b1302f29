import type { Aim } from "../bench.ts";
import type { Report } from "../report.ts";
import type { CaseOutcome, Sample, Side } from "./outcome/outcome.ts";
import { fullChainName } from "./chain.ts";
import { entryNamed, ratioOf } from "./outcome/summary.ts";

interface Comparison {
  readonly words: string;
  readonly case: string;
  readonly side: Side;
  readonly ours: string;
  readonly to: string;
  /** What is compared; default the speed. */
  readonly figure?: (sample: Sample) => number | undefined;
  readonly bound: { readonly atLeast: number } | { readonly below: number };
}

const speed = ({ perSecond }: Sample): number => perSecond;
const p99 = ({ latency }: Sample): number | undefined => latency?.p99;

const comparisons: readonly Comparison[] = [
  ...speeds("server", { "connect-node": 25, "grpc-js": 4, "grpc-go": 1 }),
  ...speeds("pair", { "connect-node": 25, "grpc-js": 6, "grpc-go": 1 }),
  ...Object.entries({ "connect-node": 1, "grpc-js": 1, "grpc-go": 1.5 }).map(([to, below]): Comparison => {
    const words = `p99 of client and server, 64 in flight, to ${to}`;
    return { words, case: "unary", side: "pair", ours: "banyan", to, figure: p99, bound: { below } };
  }),
  {
    words: "server with the full chain and deadlines, unary small, to connect-node without",
    case: "chain",
    side: "server",
    ours: fullChainName,
    to: "connect-node",
    bound: { atLeast: 10 },
  },
  ...["server-stream", "bidi"].map((name): Comparison => {
    const words = `client and server, ${name}, to connect-node`;
    return { words, case: name, side: "pair", ours: "banyan", to: "connect-node", bound: { atLeast: 5 } };
  }),
  ...["unary-64k", "tls", "tls-64k"].map((name): Comparison => {
    const words = `server, ${name}, to node:http2`;
    return { words, case: name, side: "server", ours: "banyan", to: "node-http2", bound: { atLeast: 1 } };
  }),
];

function speeds(side: Side, least: Readonly<Record<string, number>>): Comparison[] {
  const who = side === "server" ? "server" : "client and server";
  return Object.entries(least).map(([to, atLeast]) => {
    return { words: `${who}, unary small, to ${to}`, case: "unary", side, ours: "banyan", to, bound: { atLeast } };
  });
}

export const aims: readonly Aim[] = comparisons.map(({ words, bound }) => ({ figure: words, unit: "x", ...bound }));

/** Hands the figures that aims speak of to the report, or that they were not measured in this run. */
export function reportAims(report: Report, outcomes: readonly CaseOutcome[]): void {
  for (const { words, case: name, side, ours, to, figure = speed } of comparisons) {
    const outcome = outcomes.find((one) => one.case.name === name);
    const own = outcome && entryNamed(outcome, ours, side);
    const other = outcome && entryNamed(outcome, to, side);
    report.figure(words, own && ratioOf(own.samples, other?.samples, figure));
  }
}
