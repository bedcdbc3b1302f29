import type { Garbage } from "./garbage-meter.ts";
import type { Holdings } from "./messages.ts";

/** What a process held on to after so many calls. */
export interface Point {
  readonly calls: number;
  readonly held: Holdings;
}

/**
 * How much more a process may hold at the end than it held after the first point, in bytes. Compiled code and what V8 learns
 * about it come and go by some hundred kilobytes; a byte that each of ten million calls left behind would be ten megabytes.
 */
const mostGrowth = 2 ** 20;

/** What has grown between the first point and the last one, in words; nothing when it is flat. */
export function growthOf(process: string, points: readonly Point[]): readonly string[] {
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const calls = last.calls - first.calls;
  const grown = (what: string, from: number, to: number, most: number): string[] =>
    to - from > most ? [`${process}: ${what} grew from ${from} to ${to} in ${calls} calls`] : [];
  return [
    ...grown("the heap, in bytes,", first.held.heapBytes, last.held.heapBytes, mostGrowth),
    ...grown("buffers, in bytes,", first.held.bufferBytes, last.held.bufferBytes, mostGrowth),
    ...grown("open handles", first.held.handles, last.held.handles, 0),
  ];
}

/** What a process has made and cleared away between the first point and the last one. */
export function garbageBetween(points: readonly Point[]): Garbage & { readonly calls: number } {
  const [first, last] = [points.at(0), points.at(-1)];
  const between = (value: (point: Point) => number): number => (first && last ? value(last) - value(first) : 0);
  return {
    calls: between(({ calls }) => calls),
    allocatedBytes: between(({ held }) => held.garbage.allocatedBytes),
    collectingMs: between(({ held }) => held.garbage.collectingMs),
    cpuMs: between(({ held }) => held.garbage.cpuMs),
  };
}
