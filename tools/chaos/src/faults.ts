import type { Fault } from "./fault.ts";
import { compacted } from "./faults/compacted.ts";
import { crowd } from "./faults/crowd.ts";
import { foreignValues } from "./faults/foreign-values.ts";
import { frozen } from "./faults/frozen.ts";
import { halfOpenBack } from "./faults/half-open-back.ts";
import { halfOpenThere } from "./faults/half-open-there.ts";
import { keyDeleted } from "./faults/key-deleted.ts";
import { killed } from "./faults/killed.ts";
import { leaderCutOff } from "./faults/leader-cut-off.ts";
import { leaderKilled } from "./faults/leader-killed.ts";
import { leaseRevoked } from "./faults/lease-revoked.ts";
import { memberCutOff } from "./faults/member-cut-off.ts";
import { outages } from "./faults/outages.ts";
import { partition } from "./faults/partition.ts";
import { processFrozen } from "./faults/process-frozen.ts";
import { stopped } from "./faults/stopped.ts";
import { stranger } from "./faults/stranger.ts";
import { tokenExpired } from "./faults/token-expired.ts";
import { wiped } from "./faults/wiped.ts";

/** Every row of the table, in its order. */
export const allFaults: readonly Fault[] = [
  killed,
  stopped,
  frozen,
  wiped,
  compacted,
  leaseRevoked,
  keyDeleted,
  stranger,
  partition,
  halfOpenThere,
  halfOpenBack,
  leaderKilled,
  leaderCutOff,
  memberCutOff,
  tokenExpired,
  foreignValues,
  crowd,
  processFrozen,
  outages,
];

/** The two that load the machine for long are played alone. */
const alone: readonly Fault[] = [crowd, outages];

/** Those that can be played side by side, in half a minute; every state of the registrar and of the watcher is visited. */
export const shortFaults: readonly Fault[] = allFaults.filter((fault) => !alone.includes(fault));
