import { EtcdUnreachableError } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { printable } from "../../table.ts";
import { etcdText } from "./snapshot.ts";

/** Why a list could not be had, in one line that says what to do. */
export function listFailure(error: unknown, endpoints: readonly string[]): ExpectedError {
  const etcd = etcdText(endpoints);
  const why = printable(error instanceof Error ? error.message : String(error));
  const line =
    error instanceof EtcdUnreachableError
      ? `${etcd} cannot be reached: set ETCD_ENDPOINTS, or start the platform with npm start (${why})`
      : `${etcd} refuses to list: set ETCD_USERNAME and ETCD_PASSWORD to a user who may read /services/ (${why})`;
  return new ExpectedError(line, { cause: error });
}
