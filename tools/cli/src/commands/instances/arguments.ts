import { isName, nameExpectation } from "@banyan/registry";
import { UsageError } from "../../usage-error.ts";

/** What `banyan instances` was asked for. */
export interface InstancesArguments {
  /** The service; undefined for all. */
  readonly service: string | undefined;
  readonly watch: boolean;
  readonly json: boolean;
}

const options: ReadonlySet<string> = new Set(["--watch", "--json"]);

/** @throws {UsageError} naming the first argument that is wrong */
export function readArguments(args: readonly string[]): InstancesArguments {
  const services = args.filter((argument) => !options.has(argument));
  const [service, second] = services;
  const foreign = services.find((argument) => argument.startsWith("-"));
  if (foreign !== undefined) throw new UsageError(`argument ${JSON.stringify(foreign)}: expected --watch or --json`);
  if (second !== undefined) throw new UsageError(`argument ${JSON.stringify(second)}: expected one service at most`);
  if (service !== undefined && !isName(service)) {
    throw new UsageError(`argument ${JSON.stringify(service)}: expected ${nameExpectation}`);
  }
  return { service, watch: args.includes("--watch"), json: args.includes("--json") };
}
