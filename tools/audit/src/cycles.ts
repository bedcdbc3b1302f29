import { isDependency } from "./calls/edges.ts";
import type { Cycle, ModuleCalls } from "./report.ts";

/** Modules that depend on each other in a circle, one entry for each knot of them, with a shortest circle as its steps. */
export function findCycles(edges: readonly ModuleCalls[]): Cycle[] {
  const used = edges.filter(isDependency);
  const next = new Map<string, ModuleCalls[]>();
  for (const edge of used) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  return knots(next).map((modules) => {
    const inside = new Set(modules);
    const circles = modules.map((start) => shortestCircle(start, next, inside));
    const [shortest = []] = circles.sort((a, b) => a.length - b.length);
    return {
      modules,
      steps: shortest.flatMap(({ from, to, sites: [site] }) => (site === undefined ? [] : [{ ...site, from, to }])),
    };
  });
}

/** The strongly connected components of more than one module, by Tarjan's algorithm; each sorted. */
function knots(next: ReadonlyMap<string, readonly ModuleCalls[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (module: string): number => {
    const own = order.size;
    order.set(module, own);
    stack.push(module);
    let least = own;
    for (const { to } of next.get(module) ?? []) {
      if (!order.has(to)) least = Math.min(least, visit(to));
      else if (stack.includes(to)) least = Math.min(least, low.get(to) ?? order.get(to) ?? least);
    }
    low.set(module, least);
    if (least === own) {
      const knot = stack.splice(stack.indexOf(module));
      if (knot.length > 1) found.push(knot.sort());
    }
    return least;
  };
  for (const module of [...next.keys()].sort()) if (!order.has(module)) visit(module);
  return found;
}

function shortestCircle(
  start: string,
  next: ReadonlyMap<string, readonly ModuleCalls[]>,
  inside: ReadonlySet<string>,
): ModuleCalls[] {
  const paths: ModuleCalls[][] = (next.get(start) ?? []).filter(({ to }) => inside.has(to)).map((edge) => [edge]);
  const seen = new Set<string>();
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const at = path.at(-1)?.to ?? start;
    if (at === start) return path;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const edge of next.get(at) ?? []) if (inside.has(edge.to)) paths.push([...path, edge]);
  }
  return [];
}
