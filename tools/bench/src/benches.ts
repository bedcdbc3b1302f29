import { announcements } from "./announcements/bench.ts";
import type { Bench } from "./bench.ts";
import { largeService } from "./large-service/bench.ts";
import { pick } from "./pick/bench.ts";
import { policyChain } from "./policy-chain/bench.ts";
import { transports } from "./transports/bench.ts";

/** All there are. */
export const benches: readonly Bench[] = [announcements, largeService, pick, policyChain, transports];
