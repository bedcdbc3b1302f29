import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { oneComesOneGoes } from "../fleet/turnover.ts";

/** So many revisions are in the history that is lost: the new one will be far behind it. */
const revisions = 200;

export const wiped: Fault = {
  name: "wiped",
  title: "all data wiped",
  promise: "etcd come back without its data: nobody is dropped who answers a probe, and the new history is followed",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    for (let i = 0; i < revisions; i++) await stage.world.operator.put("/elsewhere", String(i));
    await stage.outage(async () => {
      await oneComesOneGoes(stage.fleet);
      await stage.world.wipe();
    });
    await stage.recovered();
    await stage.settled();
  },
};
