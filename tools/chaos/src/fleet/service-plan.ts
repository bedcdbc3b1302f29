import type { Whereabouts } from "./truth.ts";

/** What a service process is told, as JSON in its first argument. */
export interface ServicePlan {
  readonly endpoints: readonly string[];
  readonly service: string;
  readonly ttlSeconds: number;
  /** Of all its instances. */
  readonly port: number;
  readonly instances: readonly Whereabouts[];
}

/** What it prints when all its instances are announced. */
export const readyLine = "announced";
