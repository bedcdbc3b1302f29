import type { Logger } from "@banyan/telemetry";

/** What a connection does for its calls. */
export interface CallOwner {
  readonly log: Logger;
  /** So many octets more, or less, are kept of messages that are not whole. @returns whether that is within bounds */
  keep(bytes: number): boolean;
}
