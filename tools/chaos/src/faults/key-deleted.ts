import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";

/** Of all keys but one: with the last one gone, an empty list would be the truth. */
const times = 10;

export const keyDeleted: Fault = {
  name: "key-deleted",
  title: "key deleted by hand",
  promise: "keys deleted by hand, again and again: they are put back under the same leases",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { operator } = stage.world;
    const keys = stage.fleet.announcing.map(({ announcement }) => announcement.key);
    const leases = await Promise.all(keys.map((key) => operator.leaseOf(key)));
    const [, ...deleted] = keys;
    for (let i = 0; i < times; i++) await operator.delete(deleted[i % deleted.length] ?? "");
    stage.done("keys deleted");
    await stage.recovered();
    await stage.settled();
    const after = await Promise.all(keys.map((key) => operator.leaseOf(key)));
    const moved = keys.filter((_, i) => leases[i] !== after[i]);
    if (moved.length > 0) throw new Error(`under another lease than before: ${moved.join(", ")}`);
  },
};
