import { describe, expect, it } from "vitest";
import { failureKind, meaningOfNetworkError, meaningOfSqlState } from "./failure-table.ts";

describe("meaningOfSqlState", () => {
  it.each([
    ["40001", "undone"],
    ["40P01", "undone"],
    ["40003", "broken off"],
    ["53300", "undone"],
    ["55P03", "undone"],
    ["55006", "refused"],
    ["57014", "undone"],
    ["57P01", "broken off"],
    ["08006", "broken off"],
    ["25006", "undone"],
    ["25P02", "refused"],
    ["23505", "refused"],
    ["42601", "refused"],
    ["XX000", "refused"],
    ["", "refused"],
  ])("takes %s for %s", (sqlState, meaning) => {
    expect(meaningOfSqlState(sqlState)).toBe(meaning);
  });
});

describe("meaningOfNetworkError", () => {
  it.each([
    ["ECONNREFUSED", "undone"],
    ["ENOTFOUND", "undone"],
    ["ECONNRESET", "broken off"],
    ["CERT_HAS_EXPIRED", "refused"],
    ["ESOMETHING", "broken off"],
    ["constructor", "broken off"],
    [undefined, "broken off"],
  ])("takes %s for %s", (code, meaning) => {
    expect(meaningOfNetworkError(code)).toBe(meaning);
  });
});

describe("failureKind", () => {
  it.each([
    ["undone", "none", "unavailable"],
    ["undone", "some", "unavailable"],
    ["broken off", "none", "unavailable"],
    ["broken off", "some", "timeout"],
    ["unknown", "none", "timeout"],
    ["unknown", "some", "timeout"],
    ["refused", "none", "internal"],
    ["refused", "some", "internal"],
  ] as const)("makes of %s, where the work can have had effect: %s, %s", (meaning, effect, kind) => {
    expect(failureKind(meaning, effect)).toBe(kind);
  });
});
