import type { WorkSettings } from "../callee/work.ts";
import type { CallerStage } from "./caller-stage.ts";

/** One row of the callers' table: what goes wrong with instances that are called, and what callers may see of it. */
export interface CallerFault {
  /** As in `npm run torture -- <name>`. */
  readonly name: string;
  /** What happens, as the table calls it. */
  readonly title: string;
  /** What is promised, as the name of a test. */
  readonly promise: string;
  /** Calls a second. */
  readonly rate: number;
  /** How each of the three instances does its work. */
  readonly work: WorkSettings;
  /** The first instance is reached through a proxy. */
  readonly proxied?: boolean;

  /**
   * Does it: `stage.begins` and `stage.ends` mark what is measured apart, and `stage.hold…` say what must be.
   *
   * @throws when it could not be done
   */
  strike(stage: CallerStage): Promise<void>;
}

/** What calls cost where capacity plays no part. */
export const easyWork: WorkSettings = { ms: 20, places: 1000 };
