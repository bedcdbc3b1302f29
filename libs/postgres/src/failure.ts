import {
  failureKind,
  InfrastructureError,
  meaningOfNetworkError,
  meaningOfSqlState,
  type FailureMeaning,
} from "@banyan/errors";
import { DatabaseError } from "pg";

/**
 * What a failure of PostgreSQL means to the caller, by the tables of SQLSTATEs and of network errors in @banyan/errors.
 *
 * @param outcome `none` when nothing can have been written yet, `unknown` when something may have been
 */
export function databaseFailure(error: unknown, outcome: "none" | "unknown"): InfrastructureError {
  const kind = failureKind(meaningOf(error), outcome === "none" ? "none" : "some");
  const message = error instanceof Error ? error.message : String(error);
  return new InfrastructureError(kind, "database", `database: ${message}`, { cause: error });
}

function meaningOf(error: unknown): FailureMeaning {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return error instanceof DatabaseError && code !== undefined ? meaningOfSqlState(code) : meaningOfNetworkError(code);
}

/** Whether PostgreSQL rolled a transaction back only because others were in its way: it may be run again as it is. */
export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === "40001" || error.code === "40P01");
}

/** Whether waiting cannot help a program that is not let in: a wrong password, no such database or role. */
export function isRefusedForGood(error: unknown): boolean {
  return error instanceof DatabaseError && /^(28|3D000|42501)/.test(error.code ?? "");
}
