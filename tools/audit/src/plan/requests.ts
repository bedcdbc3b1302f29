import type { Func } from "../calls/functions.ts";
import type { CallGraph } from "../calls/graph.ts";
import type { RequestCost } from "../report.ts";

/** What a cut goes by. */
export interface Ties {
  readonly domains: ReadonlySet<string>;
  /** Functions of which a call becomes an RPC. */
  readonly remotable: ReadonlySet<Func>;
}

const maxDepth = 24;
const maxListed = 20;

/**
 * What taking `module` out would cost each request: the call sites between it and the other domain modules that the
 * handler may come by, each of which becomes an RPC. Counted as written, whatever branch is taken; a library runs on the
 * side of whoever calls it.
 */
export function requestCosts(graph: CallGraph, module: string, ties: Ties): RequestCost[] {
  const costs = [...graph.entryPoints].map(([entry, how]) => {
    let [rpcs, inLoops] = [0, 0];
    const seen = { inside: new Set<Func>(), outside: new Set<Func>() };
    const follow = (func: Func, inside: boolean, loop: boolean, depth: number): void => {
      const known = inside ? seen.inside : seen.outside;
      if (known.has(func) || depth > maxDepth) return;
      known.add(func);
      for (const call of func.calls) {
        const looping = loop || call.inLoop;
        for (const target of call.targets) {
          const side = ties.domains.has(target.module) ? target.module === module : inside;
          if (side !== inside && !call.handedOver && ties.remotable.has(target)) {
            rpcs++;
            if (looping) inLoops++;
          }
          follow(target, side, looping, depth + 1);
        }
      }
    };
    follow(entry, entry.module === module, false, 0);
    return { ...entry.place, entryPoint: `${entry.name} (${how})`, rpcs, inLoops };
  });
  return costs
    .filter(({ rpcs }) => rpcs > 0)
    .sort((a, b) => b.rpcs - a.rpcs || (a.entryPoint < b.entryPoint ? -1 : 1))
    .slice(0, maxListed);
}
