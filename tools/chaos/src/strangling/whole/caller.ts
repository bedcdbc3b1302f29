import type { Acknowledged } from "./acknowledged.ts";
import type { Asked } from "./asked.ts";
import type { Doors } from "./doors.ts";

/** Who calls the monolith, and remembers what was answered. */
export interface Caller {
  readonly doors: Doors;
  readonly told: Acknowledged;
  readonly asked: Asked;
}
