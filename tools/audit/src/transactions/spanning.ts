import type { Call, Func } from "../calls/functions.ts";
import { outside, rest } from "../project/modules.ts";
import type { Project } from "../project/open.ts";
import type { SpanningTransaction, TableReport } from "../report.ts";
import type { TableUse } from "../tables/facts.ts";
import type { Region } from "./regions.ts";

const maxDepth = 8;

interface Knowledge {
  readonly uses: ReadonlyMap<Func, readonly TableUse[]>;
  readonly owners: ReadonlyMap<string, string>;
  readonly domains: ReadonlySet<string>;
  /** Functions of which a call becomes an RPC. */
  readonly remotable: ReadonlySet<Func>;
  readonly funcOf: (node: Region["node"]) => Func | undefined;
}

/** Gathers what is needed to judge transactions. */
export function knowledge(
  functions: readonly Func[],
  uses: readonly TableUse[],
  tables: readonly TableReport[],
  domains: ReadonlySet<string>,
  remotable: ReadonlySet<Func>,
): Knowledge {
  const byFunc = new Map<Func, TableUse[]>();
  for (const use of uses) byFunc.set(use.func, [...(byFunc.get(use.func) ?? []), use]);
  const byNode = new Map(functions.map((func) => [func.node, func]));
  return {
    uses: byFunc,
    owners: new Map(tables.flatMap(({ name, owner }) => (owner === undefined ? [] : [[name, owner] as const]))),
    domains,
    remotable,
    funcOf: (node) => byNode.get(node),
  };
}

type Reached = SpanningTransaction["reaches"][number];

/**
 * The transactions that span modules: in which, directly or through the functions that they call, another module is
 * called in a way that becomes an RPC, another process is asked, or a table of another owner is written.
 * A call of another module that only reckons is none.
 */
export function spanningTransactions(
  project: Project,
  regions: readonly Region[],
  known: Knowledge,
): SpanningTransaction[] {
  return regions.flatMap((region) => {
    const inside = ({ node }: { readonly node: Region["node"] }): boolean =>
      node.getSourceFile() === region.func.node.getSourceFile() && node.pos >= region.start && node.end <= region.end;
    const home = region.func.module;
    const reaches: Reached[] = [];
    const seen = new Set<Func>();
    const follow = (calls: readonly Call[], uses: readonly TableUse[], through: readonly string[]): void => {
      for (const call of calls) reaches.push(...reachedByCall(call, home, known, through));
      for (const use of uses) reaches.push(...reachedByWrite(use, home, known, through));
      if (through.length >= maxDepth) return;
      for (const call of calls.filter(({ kind }) => kind === "call")) {
        for (const target of call.targets) {
          if (seen.has(target) || isForeign(target.module, home, known)) continue;
          seen.add(target);
          follow(target.calls, known.uses.get(target) ?? [], [...through, target.name]);
        }
      }
    };
    follow(region.func.calls.filter(inside), (known.uses.get(region.func) ?? []).filter(inside), []);
    for (const work of region.works) {
      const func = known.funcOf(work);
      if (func === undefined || seen.has(func)) continue;
      seen.add(func);
      follow(func.calls, known.uses.get(func) ?? [], [func.name]);
    }
    if (reaches.length === 0) return [];
    return [{ ...project.place(region.node), module: home, by: region.by, reaches: unique(reaches) }];
  });
}

function reachedByCall(call: Call, home: string, known: Knowledge, through: readonly string[]): Reached[] {
  const at = { file: call.file, line: call.line, through };
  if (call.kind === "http") return [{ ...at, kind: "http", module: "another process", target: call.target }];
  if (call.kind === "rpc") {
    const module = call.targets[0]?.module ?? "another process";
    return module === home ? [] : [{ ...at, kind: "rpc", module, target: `${call.service}.${call.method}` }];
  }
  return call.targets
    .filter((target) => isForeign(target.module, home, known) && known.remotable.has(target))
    .map((target) => ({ ...at, kind: "call", module: target.module, target: target.name }));
}

function reachedByWrite(use: TableUse, home: string, known: Knowledge, through: readonly string[]): Reached[] {
  return use.writes.flatMap((table) => {
    const owner = known.owners.get(table);
    if (owner === undefined || owner === home || home === rest) return [];
    return [{ file: use.file, line: use.line, through, kind: "write" as const, module: owner, target: table }];
  });
}

/** A library belongs to whoever calls it, and so do the composition root and what is outside of the folder. */
function isForeign(module: string, home: string, { domains }: Knowledge): boolean {
  return module !== home && module !== rest && module !== outside && domains.has(module);
}

function unique(reaches: readonly Reached[]): Reached[] {
  const byPlace = new Map(
    reaches.map((reached) => [`${reached.file}:${reached.line} ${reached.kind} ${reached.target}`, reached]),
  );
  return [...byPlace.values()];
}
