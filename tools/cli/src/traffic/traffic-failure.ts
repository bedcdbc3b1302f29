import { EtcdUnreachableError } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { TrafficRuleError } from "@banyan/strangler";
import { printable } from "../table.ts";

/** What could not be done about traffic, in one line that says what to do. */
export function trafficFailure(error: unknown, endpoints: readonly string[]): ExpectedError {
  if (error instanceof ExpectedError) return error;
  const etcd = `etcd ${endpoints.join(", ")}`;
  const why = printable(error instanceof Error ? error.message : String(error));
  if (error instanceof EtcdUnreachableError) {
    const line = `${etcd} cannot be reached: set ETCD_ENDPOINTS, or start the platform with npm start (${why})`;
    return new ExpectedError(line, { cause: error });
  }
  if (error instanceof TrafficRuleError) {
    const line = `the rule in etcd is none, and splits go on with the one before: put a good one there, or delete it (${why})`;
    return new ExpectedError(line, { cause: error });
  }
  const line = `${etcd} refuses: set ETCD_USERNAME and ETCD_PASSWORD to a user who may read and write /traffic (${why})`;
  return new ExpectedError(line, { cause: error });
}
