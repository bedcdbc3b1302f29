import type { Mode } from "@banyan/strangler";
import { neededService, readFlags } from "../../flags.ts";
import { UsageError } from "../../usage-error.ts";

export interface TrafficArguments {
  readonly service: string;
  readonly mode: Mode | undefined;
  readonly percent: number | undefined;
  readonly mirrorPercent: number | undefined;
  /** Paths of fields that are not compared; the rule has them checked. */
  readonly ignore: readonly string[] | undefined;
}

const modes = ["off", "shadow", "split", "all"] as const satisfies readonly Mode[];

/** @throws {UsageError} naming the first argument that is wrong */
export function readTrafficArguments(args: readonly string[]): TrafficArguments {
  const flags = readFlags(args, { valued: ["--mode", "--percent", "--mirror", "--ignore"], switches: [] });
  const service = neededService(flags);
  const text = flags.text("--mode");
  const mode = modes.find((known) => known === text);
  if (text !== undefined && mode === undefined) {
    throw new UsageError(`--mode: expected one of ${modes.join(", ")}, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  const percent = flags.number("--percent", 0, 100);
  const mirrorPercent = flags.number("--mirror", 0, 100);
  if (percent !== undefined && mode !== undefined && mode !== "split") {
    throw new UsageError(`--percent: expected the mode split with it, got ${mode}`);
  }
  const ignore = flags
    .text("--ignore")
    ?.split(",")
    .filter((path) => path !== "");
  return { service, mode, percent, mirrorPercent, ignore };
}
