import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { heapAfterCollection, median } from "../measure/heap.ts";

const outageCount = 200;
/** Until then everything has happened that happens for the first time. */
const warmUp = 50;
const sampleEvery = 10;
/** So much more heap, in bytes, after the other 150: less than 7 kB an outage. */
const allowedGrowth = 1_000_000;

export const outages: Fault = {
  name: "outages",
  title: "200 outages",
  promise: "200 outages: everybody is back after each of them, and memory stays flat",
  world: "single",
  bounds: usualBounds,
  limitSeconds: 1800,
  async strike(stage) {
    const { fleet, world } = stage;
    const heap: number[] = [];
    for (let outage = 1; outage <= outageCount; outage++) {
      await stage.outage(async () => {
        await world.kill("SIGKILL");
        await stage.pause((outage % 5) / 5);
        await world.restart();
      });
      await stage.recovered();
      await fleet.withdraw(fleet.newest);
      if (outage >= warmUp && outage % sampleEvery === 0) heap.push(await heapAfterCollection());
    }
    await stage.settled();

    const before = median(heap.slice(0, 3));
    const after = median(heap.slice(-3));
    const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
    const figures = `heap ${inMegabytes(before)} MB after ${warmUp} outages, ${inMegabytes(after)} MB after ${outageCount}`;
    stage.remarks.push(figures);
    stage.note(`heap: ${heap.map(inMegabytes).join(", ")} MB`);
    if (after - before > allowedGrowth) stage.violations.push(`memory grows: ${figures}`);
  },
};
