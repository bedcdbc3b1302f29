import { InfrastructureError } from "@banyan/errors";
import { DatabaseError } from "pg";

/**
 * What a failure of PostgreSQL means to the caller.
 *
 * | what happened | kind |
 * |---|---|
 * | no connection to be had: refused, pool exhausted, starting up, shutting down (SQLSTATE 53, 57P) | `unavailable` |
 * | the statement was rolled back for a reason that passes (40 deadlock or serialisation, 55P03, 57014 timeout) | `unavailable` |
 * | the connection broke while a statement was under way that may have had an effect | `timeout` |
 * | anything else that PostgreSQL reports: a defect of the statement or the data | `internal` |
 *
 * @param outcome `none` when nothing can have been written yet, `unknown` when something may have been
 * @see https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function databaseFailure(error: unknown, outcome: "none" | "unknown"): InfrastructureError {
  const kind = failureKind(error, outcome);
  const message = error instanceof Error ? error.message : String(error);
  return new InfrastructureError(kind, "database", `database: ${message}`, { cause: error });
}

function failureKind(error: unknown, outcome: "none" | "unknown"): InfrastructureError["kind"] {
  if (error instanceof DatabaseError && error.code !== undefined) {
    if (/^(40|53|55P03|57014)/.test(error.code)) return "unavailable";
    if (!/^(08|57P)/.test(error.code)) return "internal";
  }
  return outcome === "none" ? "unavailable" : "timeout";
}

/** Whether PostgreSQL rolled a transaction back only because others were in its way: it may be run again as it is. */
export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === "40001" || error.code === "40P01");
}

/** Whether waiting cannot help a program that is not let in: a wrong password, no such database or role. */
export function isRefusedForGood(error: unknown): boolean {
  return error instanceof DatabaseError && /^(28|3D000|42501)/.test(error.code ?? "");
}
