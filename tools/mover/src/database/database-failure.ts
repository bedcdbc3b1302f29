import { ExpectedError } from "@banyan/service";
import { DatabaseError } from "pg";

/** A database has refused something, or cannot be reached. */
export class DatabaseFailure extends ExpectedError {
  override readonly name = "DatabaseFailure";
  /** As PostgreSQL tells it; undefined for a connection that is broken, or was never there. */
  readonly sqlState: string | undefined;

  constructor(place: string, error: unknown, remedy?: string) {
    const what = error instanceof Error ? error.message || error.name : String(error);
    super(`${place}: ${what}${remedy === undefined ? "" : `: ${remedy}`}`, { cause: error });
    this.sqlState = error instanceof DatabaseError ? error.code : undefined;
  }

  /** Whether the connection is gone: another one may serve. */
  get isLost(): boolean {
    return this.sqlState === undefined || /^(08|57P)/.test(this.sqlState);
  }

  /** Whether a fence has refused the write: another database has the writes, or has got them meanwhile. */
  get isFenced(): boolean {
    return this.sqlState === "25006";
  }

  /** Whether others were in the way, which passes. */
  get isContention(): boolean {
    return this.sqlState === "55P03" || this.sqlState === "40P01" || this.sqlState === "40001";
  }
}
