import type { InfrastructureErrorKind } from "./infrastructure-error.ts";

/**
 * What a failure tells about the work that it ended.
 *
 * - `undone`: nothing of it has happened, and what was in the way passes
 * - `broken off`: it may have been under way: only who sent it knows whether it can have had an effect
 * - `unknown`: there was no answer, and none can be had by asking again in time
 * - `refused`: it was understood and refused, and would be again: a defect, or a setting to correct
 */
export type FailureMeaning = "undone" | "broken off" | "unknown" | "refused";

/** Whether work that was under way can have changed anything: a read never has, nor what can be repeated without harm. */
export type PossibleEffect = "none" | "some";

/** What each meaning is to the caller, by what the work can have changed. */
const kinds = {
  undone: { none: "unavailable", some: "unavailable" },
  "broken off": { none: "unavailable", some: "timeout" },
  unknown: { none: "timeout", some: "timeout" },
  refused: { none: "internal", some: "internal" },
} as const satisfies Record<FailureMeaning, Record<PossibleEffect, InfrastructureErrorKind>>;

/**
 * SQLSTATEs by their first characters; the longest that fits counts, and what fits none is `refused`.
 *
 * @see https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const sqlStates: Readonly<Record<string, FailureMeaning>> = {
  "08": "broken off", // connection exceptions
  "25006": "undone", // a read-only server: a failover is under way
  "25P03": "undone", // idle in a transaction for too long: rolled back
  "25P04": "undone", // transaction too long: rolled back
  "40": "undone", // rolled back: deadlock, serialisation
  "40003": "broken off", // statement completion unknown
  "53": "undone", // out of connections, memory or disk
  "55P03": "undone", // a lock was not to be had in time
  "57014": "undone", // the statement took too long, or was cancelled
  "57P": "broken off", // PostgreSQL is shutting down, has crashed, or is starting
};

/** `code` of the errors that Node reports of connections; what is not listed is `broken off`. */
const networkErrors: Readonly<Record<string, FailureMeaning>> = {
  EADDRNOTAVAIL: "undone",
  EAI_AGAIN: "undone",
  ECONNABORTED: "broken off",
  ECONNREFUSED: "undone",
  ECONNRESET: "broken off",
  EHOSTUNREACH: "undone",
  ENETUNREACH: "undone",
  ENOENT: "undone", // no socket at this path
  ENOTFOUND: "undone",
  EPIPE: "broken off",
  ETIMEDOUT: "broken off",
  CERT_HAS_EXPIRED: "refused",
  DEPTH_ZERO_SELF_SIGNED_CERT: "refused",
  ERR_TLS_CERT_ALTNAME_INVALID: "refused",
  SELF_SIGNED_CERT_IN_CHAIN: "refused",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "refused",
};

/** The kind of a failure, by what it means and what the work that it ended can have changed. */
export function failureKind(meaning: FailureMeaning, effect: PossibleEffect): InfrastructureErrorKind {
  return kinds[meaning][effect];
}

/** What PostgreSQL tells by an SQLSTATE, as in `40001`. */
export function meaningOfSqlState(sqlState: string): FailureMeaning {
  for (let length = sqlState.length; length >= 2; length--) {
    const meaning = own(sqlStates, sqlState.slice(0, length));
    if (meaning !== undefined) return meaning;
  }
  return "refused";
}

/** What the `code` of an error of a connection tells, as in `ECONNREFUSED`; without one it is as with one that is not listed. */
export function meaningOfNetworkError(code: string | undefined): FailureMeaning {
  return (code === undefined ? undefined : own(networkErrors, code)) ?? "broken off";
}

function own(table: Readonly<Record<string, FailureMeaning>>, key: string): FailureMeaning | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
