import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { databaseFailure } from "./failure.ts";

function reported(sqlState: string): DatabaseError {
  return Object.assign(new DatabaseError("no", 2, "error"), { code: sqlState });
}

const network = (code: string): Error => Object.assign(new Error("connect 10.1.2.3:5432"), { code });

describe("databaseFailure", () => {
  it.each([
    ["a deadlock", reported("40P01"), "unavailable", "unavailable"],
    ["too many connections", reported("53300"), "unavailable", "unavailable"],
    ["a server that only reads", reported("25006"), "unavailable", "unavailable"],
    ["a server that shuts down", reported("57P01"), "unavailable", "timeout"],
    ["a commit whose end is not known", reported("40003"), "unavailable", "timeout"],
    ["a violated constraint", reported("23514"), "internal", "internal"],
    ["nobody who listens", network("ECONNREFUSED"), "unavailable", "unavailable"],
    ["a connection that broke", network("ECONNRESET"), "unavailable", "timeout"],
    ["a certificate that has expired", network("CERT_HAS_EXPIRED"), "internal", "internal"],
    ["no connection in the pool", new Error("timeout exceeded when trying to connect"), "unavailable", "timeout"],
  ])("calls %s by its kind, before anything was written and after", (_, error, before, after) => {
    expect(databaseFailure(error, "none")).toMatchObject({ kind: before, dependency: "database", cause: error });
    expect(databaseFailure(error, "unknown").kind).toBe(after);
  });
});
