import { failureKind } from "@banyan/errors";
import { defaults } from "@banyan/resilience";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { failures, meaningOfStatus, refusals } from "./error-table.ts";

const rows = Object.entries({ ...refusals, ...failures });

describe("the table of errors", () => {
  it("gives each kind a code of its own", () => {
    expect(new Set(rows.map(([, { code }]) => code)).size).toBe(rows.length);
  });

  it("sends callers elsewhere exactly where our own client goes by itself", () => {
    const elsewhere = rows.filter(([, { advice }]) => advice === "retry elsewhere").map(([, { code }]) => code);
    expect(elsewhere).toEqual(defaults.defaultRetry.retryableStatusCodes);
  });

  it.each(Object.entries(failures))("passes %s of a neighbour on as it is", (kind, { code }) => {
    expect(failureKind(meaningOfStatus(code), "none")).toBe(kind);
  });

  it.each(Object.values(refusals).filter(({ code }) => code !== Code.ResourceExhausted))(
    "takes a refusal by a neighbour that nobody expected for a defect: %j",
    ({ code }) => {
      expect(failureKind(meaningOfStatus(code), "none")).toBe("internal");
    },
  );
});
