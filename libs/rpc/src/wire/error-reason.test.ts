import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import * as contract from "@banyan/stubs-user";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, expectTypeOf, it } from "vitest";
import { declaredReasonOf, errorReasonOf } from "./error-reason.ts";

function refused(reason: string, domain = "user.banyan"): ConnectError {
  return new ConnectError("no", Code.NotFound, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain } }]);
}

describe("errorReasonOf", () => {
  it.each([undefined, new Error("no call"), new ConnectError("no reason", Code.NotFound)])(
    "knows no reason of %s",
    (error) => {
      expect(errorReasonOf(error)).toBeUndefined();
    },
  );

  it("reads reason, domain and facts", () => {
    const value = { reason: "USER_NOT_FOUND", domain: "user.banyan", metadata: { user_id: "7" } };
    const error = new ConnectError("no", Code.NotFound, undefined, [{ desc: ErrorInfoSchema, value }]);
    expect(errorReasonOf(error)).toEqual(value);
  });
});

describe("declaredReasonOf", () => {
  it.each(["INVALID_INPUT", "USER_NOT_FOUND", "EMAIL_TAKEN"])("knows %s, which the contract declares", (reason) => {
    expect(declaredReasonOf(refused(reason), contract)).toBe(reason);
  });

  it("is one of the names that the contract declares, for the compiler too", () => {
    expectTypeOf(declaredReasonOf(refused(""), contract)).toEqualTypeOf<
      "INVALID_INPUT" | "USER_NOT_FOUND" | "EMAIL_TAKEN" | undefined
    >();
  });

  it("knows the domain of a service whose name has two words", () => {
    const ErrorReasonSchema = { ...contract.ErrorReasonSchema, typeName: "gift_card.v1.ErrorReason" };
    const error = refused("USER_NOT_FOUND", "gift-card.banyan");
    expect(declaredReasonOf(error, { ...contract, ErrorReasonSchema })).toBe("USER_NOT_FOUND");
  });

  it.each([
    ["of another service", refused("USER_NOT_FOUND", "order.banyan")],
    ["of a newer contract", refused("USER_BANNED")],
    ["that is never sent", refused("UNSPECIFIED")],
    ["that every object has", refused("constructor")],
    ["of no call", new Error("no call")],
  ])("knows no reason %s", (_, error) => {
    expect(declaredReasonOf(error, contract)).toBeUndefined();
  });
});
