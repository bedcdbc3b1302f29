import type { CallGraph } from "../calls/graph.ts";
import type { Project } from "../project/open.ts";
import type { Candidate, ScorePart } from "../report.ts";
import { blockersOf, keysAcross, stateOf, tablesAcross, transactionsOf, type Facts } from "./blockers.ts";
import { draftContract } from "./draft-proto.ts";
import { requestCosts, type Ties } from "./requests.ts";

/** What each thing that ties a module to the others costs, in points; the report shows them beside the counts. */
const weights = {
  callsIn: { name: "call sites of others in it", weight: 1 },
  callsOut: { name: "its call sites in others", weight: 1 },
  tablesShared: { name: "its tables that others touch", weight: 5 },
  tablesForeign: { name: "tables of others that it touches", weight: 5 },
  foreignKeys: { name: "foreign keys to or from others", weight: 3 },
  statements: { name: "statements across owners", weight: 3 },
  state: { name: "state in memory shared with others", weight: 8 },
  transactions: { name: "transactions across its border", weight: 10 },
  cycles: { name: "cycles", weight: 6 },
  changes: { name: "modules it changes together with", weight: 2 },
} as const;

/** Two modules change together when they share this much of the commits of the one that changes less. */
const closeShare = 0.3;

/** The candidates for extraction, the one with the least that ties it first. As things stand: not as they would be after a cut. */
export function cutPlan(project: Project, graph: CallGraph, facts: Facts, remotable: Ties["remotable"]): Candidate[] {
  const domains = new Set(facts.modules.filter(({ kind }) => kind === "domain").map(({ name }) => name));
  return (
    facts.modules
      .filter(({ kind }) => kind === "domain")
      .map((module) => {
        const parts = scoreParts(module.name, facts, domains, remoteSites(graph, { domains, remotable }));
        return {
          module: module.name,
          score: parts.reduce((sum, { count, weight }) => sum + count * weight, 0),
          parts,
          blockers: blockersOf(module.name, facts),
          requests: requestCosts(graph, module.name, { domains, remotable }),
          contract: draftContract(project, graph, module, remotable),
        };
      })
      // At a tie whoever calls the others less: the others may need it, it does not need them.
      .sort((a, b) => a.score - b.score || needs(a) - needs(b) || (a.module < b.module ? -1 : 1))
      .map((candidate, index) => ({ ...candidate, order: index + 1 }))
  );
}

function needs({ parts }: { readonly parts: readonly ScorePart[] }): number {
  const wanted: readonly string[] = [weights.callsOut.name, weights.tablesForeign.name];
  return parts.filter(({ name }) => wanted.includes(name)).reduce((sum, { count }) => sum + count, 0);
}

/** Call sites between domain modules that become RPCs, by caller and callee. */
function remoteSites(graph: CallGraph, { domains, remotable }: Ties): readonly (readonly [string, string])[] {
  return graph.calls.flatMap((call) => {
    if (call.handedOver || call.kind !== "call" || !domains.has(call.from.module)) return [];
    const modules = call.targets.filter((target) => remotable.has(target)).map((target) => target.module);
    return [...new Set(modules)]
      .filter((module) => module !== call.from.module && domains.has(module))
      .map((module) => [call.from.module, module] as const);
  });
}

function scoreParts(
  module: string,
  facts: Facts,
  domains: ReadonlySet<string>,
  sites: ReturnType<typeof remoteSites>,
): ScorePart[] {
  const { shared, foreign } = tablesAcross(module, facts);
  const counts: Record<keyof typeof weights, number> = {
    callsIn: sites.filter(([, to]) => to === module).length,
    callsOut: sites.filter(([from]) => from === module).length,
    tablesShared: shared.length,
    tablesForeign: foreign.length,
    foreignKeys: keysAcross(module, facts).length,
    statements: facts.statements.filter(({ tables }) => tables.some(({ owner }) => owner === module)).length,
    state: stateOf(module, facts).length,
    transactions: transactionsOf(module, facts).length,
    cycles: facts.cycles.filter(({ modules }) => modules.includes(module)).length,
    changes: (facts.history?.modules ?? []).filter(
      ({ pair, share }) => share >= closeShare && pair.includes(module) && pair.every((name) => domains.has(name)),
    ).length,
  };
  const part = (key: keyof typeof weights): ScorePart => ({ ...weights[key], count: counts[key] });
  return [
    part("callsIn"),
    part("callsOut"),
    part("tablesShared"),
    part("tablesForeign"),
    part("foreignKeys"),
    part("statements"),
    part("state"),
    part("transactions"),
    part("cycles"),
    part("changes"),
  ];
}
