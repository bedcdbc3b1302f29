export { Balancer } from "./balancer.ts";
export type { Outcome, Picked } from "./call.ts";
export type { BalancedInstance } from "./instance.ts";
export {
  strategies,
  type BalancerOptions,
  type BalancerPolicy,
  type EjectionOptions,
  type LatencyOptions,
  type Strategy,
} from "./options.ts";
export type { InstanceStatus } from "./status.ts";
export type { PickRequest } from "./strategies/picker.ts";
export type { SubsetOptions } from "./subset.ts";
