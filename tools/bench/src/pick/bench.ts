import type { Bench } from "../bench.ts";
import { startChild } from "../child-process.ts";
import { pickCosts, type PickTask } from "./messages.ts";

const answerMs = 120_000;
const largest = 10_000;
const sizes = [3, 100, largest];

const variants = [
  { words: "peak_ewma", strategy: "peak_ewma", weighted: false },
  { words: "peak_ewma, weights differ", strategy: "peak_ewma", weighted: true },
  { words: "least_request", strategy: "least_request", weighted: false },
  { words: "round_robin", strategy: "round_robin", weighted: false },
  { words: "weighted_round_robin, weights differ", strategy: "weighted_round_robin", weighted: true },
  { words: "rendezvous, by key", strategy: "rendezvous", weighted: false },
] as const;

const settings = { rounds: 15, roundMs: 50 };

export const pick: Bench<typeof settings> = {
  name: "pick",
  description:
    "What a call costs in the balancer: one `pick()` and one `done()`, with 16 calls under way, the clock and the lot " +
    "that are used in earnest. And an `update()` with a list in which one instance was replaced. Each strategy runs in " +
    "a process of its own, on one thread; what counts is the CPU time of that process.",
  settings,
  aims: [
    { figure: "a call by peak_ewma, 3 instances", below: 1000, unit: "ns" },
    { figure: "a call by peak_ewma, 10,000 instances", below: 2000, unit: "ns" },
    { figure: "an update by peak_ewma, 10,000 instances", below: 10, unit: "ms" },
  ],

  async run(report, { rounds, roundMs }) {
    report.condition(`median of ${rounds} rounds of ${roundMs} ms, after as many more`);
    const measured = [];
    for (const { words, strategy, weighted } of variants) {
      const task: PickTask = { strategy, weighted, sizes, rounds, roundMs };
      await using child = startChild(new URL("measure.ts", import.meta.url), task);
      measured.push({ words, costs: await child.next(pickCosts, answerMs) });
    }
    const sizeColumns = sizes.map((size) => size.toLocaleString("en-US"));
    report.table(
      ["a call, ns, by instances", ...sizeColumns],
      measured.map(({ words, costs }) => [words, ...costs.map(({ pickNs }) => pickNs)]),
    );
    report.table(
      ["an update, µs, by instances", ...sizeColumns],
      measured.map(({ words, costs }) => [words, ...costs.map(({ updateMicros }) => updateMicros)]),
    );
    const [least, , most] = measured[0]?.costs ?? [];
    if (least === undefined || most === undefined) return;
    report.figure("a call by peak_ewma, 3 instances", least.pickNs);
    report.figure("a call by peak_ewma, 10,000 instances", most.pickNs);
    report.figure("an update by peak_ewma, 10,000 instances", most.updateMicros / 1000);
  },
};
