import { isDependency } from "../calls/edges.ts";
import type { ModuleCalls, Report } from "../report.ts";
import { html } from "./escape.ts";

const mostModules = 40;
const radius = 300;
const [width, height] = [1000, 760];

/**
 * The modules on a circle, with an arrow for who calls whom: the thicker, the more calls; red and dashed where the two
 * are in a cycle. Of more than 40 modules those with the most calls are drawn. The tables below say the same in words.
 */
export function renderGraph(report: Report): string {
  const edges = report.calls.filter(isDependency);
  const weight = (name: string): number =>
    edges
      .filter(({ from, to }) => from === name || to === name)
      .reduce((sum, { calls, rpcs }) => sum + calls + rpcs + 1, 0);
  const drawn = report.modules
    .filter(({ kind }) => kind !== "rest")
    .sort((a, b) => weight(b.name) - weight(a.name))
    .slice(0, mostModules)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const points = new Map(drawn.map(({ name }, index) => [name, point(index, drawn.length)]));
  const knots = report.cycles.map(({ modules }) => new Set(modules));
  const inCycle = ({ from, to }: ModuleCalls): boolean => knots.some((knot) => knot.has(from) && knot.has(to));
  const arrows = edges.flatMap((edge) => {
    const [from, to] = [points.get(edge.from), points.get(edge.to)];
    return from === undefined || to === undefined ? [] : [arrow(edge, from, to, inCycle(edge))];
  });
  const nodes = drawn.map(({ name, kind, owns, lines }) => {
    const [x, y] = points.get(name) ?? [0, 0];
    const size = Math.min(22, 7 + Math.sqrt(lines) / 6);
    const left = x < width / 2 - 1;
    const offset = (size + 6) * (left ? -1 : 1);
    return `<g class="module ${kind}"><title>${html(`${name}: ${kind}, ${lines} lines${owns.length > 0 ? `, owns ${owns.join(", ")}` : ""}`)}</title><circle cx="${x}" cy="${y}" r="${size.toFixed(1)}"/><text x="${(x + offset).toFixed(1)}" y="${y + 5}" text-anchor="${left ? "end" : "start"}">${html(name.split("/").at(-1) ?? name)}</text></g>`;
  });
  const hidden = report.modules.filter(({ kind }) => kind !== "rest").length - drawn.length;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="graph-title graph-about">
<title id="graph-title">Modules and their calls</title>
<desc id="graph-about">${html(`${drawn.length} modules on a circle, ${arrows.length} arrows from caller to called; the table "Who calls whom" lists them all.`)}</desc>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${arrows.join("\n")}
${nodes.join("\n")}
</svg><figcaption>Filled: domain modules; hollow: libraries; larger: more lines. An arrow goes from caller to called, thicker with more call sites, dashed and red within a cycle.${hidden > 0 ? ` ${hidden} modules with fewer calls are not drawn.` : ""}</figcaption></figure>`;
}

type Point = readonly [number, number];

function point(index: number, count: number): Point {
  const angle = (index / Math.max(1, count)) * 2 * Math.PI - Math.PI / 2;
  return [Math.round(width / 2 + radius * Math.cos(angle)), Math.round(height / 2 + radius * Math.sin(angle))];
}

/** A curve that bends towards the middle, so that there and back are two lines. */
function arrow(edge: ModuleCalls, [x1, y1]: Point, [x2, y2]: Point, cyclic: boolean): string {
  const count = edge.calls + edge.rpcs;
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [nx, ny] = [(y2 - y1) / length, (x1 - x2) / length];
  const bend = Math.min(60, length / 6);
  const [cx, cy] = [(x1 + x2) / 2 + nx * bend, (y1 + y2) / 2 + ny * bend];
  const short = 22 / (Math.hypot(x2 - cx, y2 - cy) || 1);
  const [ex, ey] = [x2 - (x2 - cx) * short, y2 - (y2 - cy) * short];
  const stroke = (1 + Math.min(6, Math.log2(1 + count))).toFixed(1);
  const title = html(`${edge.from} → ${edge.to}: ${edge.calls} calls, ${edge.rpcs} RPCs, ${edge.imports} imports`);
  return `<path class="arrow${cyclic ? " cycle" : ""}" d="M${x1} ${y1}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${ex.toFixed(1)} ${ey.toFixed(1)}" stroke-width="${stroke}" marker-end="url(#head)"><title>${title}</title></path>`;
}
