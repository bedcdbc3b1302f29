import { slowStartFloor } from "./defaults.ts";

/**
 * The part of its full share that an instance gets `ageMs` after it joined or came back: it grows in a straight line, from
 * a tenth, so that caches fill and code is compiled before the whole load arrives.
 *
 * @returns a number in [0.1, 1]
 */
export function slowStartShare(ageMs: number, windowMs: number): number {
  if (ageMs >= windowMs) return 1;
  return Math.max(slowStartFloor, ageMs / windowMs);
}
