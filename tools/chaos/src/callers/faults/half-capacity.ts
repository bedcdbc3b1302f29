import type { WorkSettings } from "../../callee/work.ts";
import type { CallerFault } from "../caller-fault.ts";

/** Three instances do 300 calls a second, and half of it while the dependency is at half its capacity. */
const whole: WorkSettings = { ms: 40, places: 4 };
const half: WorkSettings = { ...whole, places: 2 };
const capacity = 300;
const faultSeconds = 10;
const backSeconds = 5;

function halfCapacity(
  fault: Pick<CallerFault, "name" | "title" | "promise" | "rate"> & { readonly peak: number },
): CallerFault {
  return {
    ...fault,
    work: whole,
    async strike(stage) {
      await stage.setWork(half);
      stage.load.setRate(fault.peak);
      stage.begins(`half the capacity, ${fault.peak} calls a second`);
      await stage.pause(faultSeconds);
      await stage.setWork(whole);
      stage.load.setRate(fault.rate);
      stage.ends("the whole capacity again");
      await stage.pause(backSeconds + 5);
      stage.over();
      stage.holdGoodputBackWithin(backSeconds);
    },
  };
}

export const halfCapacityPeak = halfCapacity({
  name: "half-capacity-peak",
  title: "half the capacity under twice the load for 10 s",
  promise: "a dependency at half its capacity, under twice the load: goodput is back 5 s after both have ended",
  rate: 0.8 * capacity,
  peak: 1.6 * capacity,
});

export const halfCapacityOverload = halfCapacity({
  name: "half-capacity-overload",
  title: "half the capacity for 10 s, twice the load all the time",
  promise: "twice the load all the time: goodput is back 5 s after half of the capacity was away for 10 s",
  rate: 2 * capacity,
  peak: 2 * capacity,
});
