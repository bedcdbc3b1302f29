import type { CallerFault } from "./caller-fault.ts";
import { halfCapacityOverload, halfCapacityPeak } from "./faults/half-capacity.ts";
import { instanceCutOff, instanceDeaf, instanceMute } from "./faults/half-open.ts";
import { instanceFrozen } from "./faults/instance-frozen.ts";
import { instanceKilled } from "./faults/instance-killed.ts";
import { instanceSlow } from "./faults/instance-slow.ts";

/** Every row of the callers' table, in its order. */
export const callerFaults: readonly CallerFault[] = [
  instanceKilled,
  instanceFrozen,
  instanceDeaf,
  instanceMute,
  instanceCutOff,
  instanceSlow,
  halfCapacityPeak,
  halfCapacityOverload,
];

/** Those whose promise is that no call fails: it can be kept on a busy machine, too. */
export const lightCallerFaults: readonly CallerFault[] = [
  instanceKilled,
  instanceFrozen,
  instanceDeaf,
  instanceMute,
  instanceCutOff,
];
