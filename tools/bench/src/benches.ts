import { announcements } from "./announcements/bench.ts";
import type { Bench } from "./bench.ts";
import { largeService } from "./large-service/bench.ts";

/** All there are. */
export const benches: readonly Bench[] = [announcements, largeService];
