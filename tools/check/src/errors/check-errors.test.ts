import { describe, expect, it } from "vitest";
import { errorClass, errorFixture, notFound, type ErrorFixture } from "../testing/error-fixture.ts";
import { describeViolation } from "../violation.ts";
import { checkErrors } from "./check-errors.ts";

const domain = "apps/tea-service/src/domain/errors.ts";

function found(options: ErrorFixture = {}): string[] {
  const { workspace, image } = errorFixture(options);
  return checkErrors(workspace, image).map(describeViolation);
}

/** The errors of the domain, with another one on line 8. */
function withError(source: string): ErrorFixture {
  return { files: { [domain]: notFound + source } };
}

/** A reason that the contract declares, and lists under a method. */
function declaring(reason: string, status: string): ErrorFixture {
  return { reasons: { [reason]: "Why." }, methods: { MakeTea: `Makes.\n\n Errors: ${reason} (${status}) when so.` } };
}

describe("rules of errors", () => {
  it("have nothing against a contract, a domain and a table that say the same", () => {
    expect(found()).toEqual([]);
  });

  it("want an error of the domain for every reason that is declared, at the reason's line", () => {
    expect(found(declaring("TEA_COLD", "FAILED_PRECONDITION"))).toEqual([
      "proto/tea/v1/tea.proto:23 TEA_COLD is declared, and no error of apps/tea-service/src/domain gives it",
      "proto/tea/v1/tea.proto:11 MakeTea lists TEA_COLD, which no error of the domain gives",
    ]);
  });

  it("want every reason of the domain declared", () => {
    expect(found(withError(errorClass("ColdError", "precondition", "TEA_COLD")))).toEqual([
      `${domain}:8 ColdError gives the reason TEA_COLD, which the ErrorReason of tea.v1.TeaService does not declare`,
    ]);
  });

  it.each(["TEA_NOT_FOUND", "INVALID_INPUT"])("want one error for a reason: %s", (reason) => {
    const twice = found(withError(errorClass("OtherError", "precondition", reason)));
    expect(twice).toContainEqual(expect.stringContaining(`gives the reason ${reason}, as `));
  });

  it("want kind, reason and facts spelled out", () => {
    const computed =
      'class AnyError extends DomainError { kind = "invalid"; constructor(facts) { super("", facts); } }';
    expect(found(withError(computed))).toEqual([
      `${domain}:8 AnyError must spell out its kind, its reason and the names of its facts: callers depend on them`,
    ]);
  });

  it("want a row of the table for every kind", () => {
    const odd = { ...declaring("TEA_ODD", "ABORTED"), ...withError(errorClass("OddError", "odd", "TEA_ODD")) };
    expect(found(odd)).toContain(
      `${domain}:8 OddError is of kind odd, which has no row in libs/rpc/src/wire/error-table.ts`,
    );
  });

  it.each([
    ["not_found", "NOT_FOUND"],
    ["already_exists", "ALREADY_EXISTS"],
  ])("want to know which resource is %s", (kind, status) => {
    const bare = { ...declaring("TEA_X", status), ...withError(errorClass("XError", kind, "TEA_X")) };
    expect(found(bare)).toEqual([expect.stringContaining(`${domain}:8 XError is ${kind} and must name its resource`)]);
  });

  it.each([
    ["as a fact", { parameters: "address: string", arguments: '"no", { email: address }' }],
    ["in a message", { parameters: "email: string", arguments: "`no ${email}`" }],
  ])("refuse what the contract redacts %s", (_, constructor) => {
    const source = errorClass("DrinkerError", "precondition", "TEA_SPILT", constructor);
    expect(found({ ...declaring("TEA_SPILT", "FAILED_PRECONDITION"), ...withError(source) })).toEqual([
      `${domain}:8 DrinkerError must not carry email: tea.v1.TeaService has it as debug_redact, and every caller would see it`,
    ]);
  });

  it("want the facts that a contract promises", () => {
    const reasons = { TEA_NOT_FOUND: "No tea has this id. Facts: tea_id, colour." };
    expect(found({ reasons })).toEqual([
      "proto/tea/v1/tea.proto:22 TEA_NOT_FOUND is declared with the facts tea_id, colour; TeaNotFoundError has tea_id",
    ]);
  });

  it.each([
    ["another status", "TEA_NOT_FOUND (ABORTED)", "with the status ABORTED; it is NOT_FOUND"],
    ["no status", "TEA_NOT_FOUND", "with the status left out; it is NOT_FOUND"],
  ])("want the status that the table has in the comments of methods, not %s", (_, listed, complaint) => {
    expect(found({ methods: { MakeTea: `Makes. Errors: ${listed}.` } })).toEqual([
      `proto/tea/v1/tea.proto:11 MakeTea lists TEA_NOT_FOUND ${complaint}`,
    ]);
  });

  it("take a status for that of all reasons before it", () => {
    const methods = {
      MakeTea: "Makes. Errors: TEA_NOT_FOUND and TEA_NOT_FOUND (NOT_FOUND), INVALID_INPUT (INVALID_ARGUMENT).",
    };
    expect(found({ methods })).toEqual([]);
  });

  it("want every reason listed by a method", () => {
    expect(found({ methods: { GetTea: "Reads. Errors: INVALID_INPUT (INVALID_ARGUMENT)." } })).toEqual([
      'proto/tea/v1/tea.proto:22 TEA_NOT_FOUND is declared, and no method of tea.v1.TeaService lists it under "Errors:"',
    ]);
  });

  it.each([
    ["apps/tea-service/src/rpc/routes.ts", "must stand in src/domain: it is a rule of business"],
    ["apps/coffee-service/src/domain/errors.ts", "has no contract: proto/ has no service coffee"],
  ])("refuse an error in %s", (path, complaint) => {
    const files = { [path]: errorClass("LostError", "precondition", "TEA_LOST") };
    expect(found({ files })).toEqual([`${path}:1 LostError ${complaint}`]);
  });

  it("know the domains of an app that has several", () => {
    const files = { [domain]: "", "apps/monolith/src/tea/domain/errors.ts": notFound };
    expect(found({ files })).toEqual([]);
  });

  it("know the contract of a service whose name has two words", () => {
    const { workspace, image } = errorFixture({
      files: { [domain]: "", "apps/green-tea-service/src/domain/errors.ts": notFound },
    });
    const greenTea = { file: image.file.map((file) => ({ ...file, package: "green_tea.v1" })) };
    expect(checkErrors(workspace, greenTea).map(describeViolation)).toEqual([]);
  });

  it("judge each app on its own when a service and a monolith serve one contract", () => {
    const copy = "apps/monolith/src/tea/domain/errors.ts";
    expect(found({ files: { [copy]: notFound } })).toEqual([]);
    expect(found({ files: { [copy]: errorClass("LostError", "precondition", "TEA_NOT_FOUND") } })).toEqual([
      "proto/tea/v1/tea.proto:22 TEA_NOT_FOUND is declared with the facts tea_id; LostError has none",
      "proto/tea/v1/tea.proto:10 GetTea lists TEA_NOT_FOUND with the status NOT_FOUND; it is FAILED_PRECONDITION",
    ]);
    const both = {
      ...declaring("TEA_COLD", "FAILED_PRECONDITION"),
      ...withError(errorClass("ColdError", "precondition", "TEA_COLD")),
    };
    expect(found({ ...both, files: { ...both.files, [copy]: notFound } })).toEqual([
      "proto/tea/v1/tea.proto:23 TEA_COLD is declared, and no error of apps/monolith/src/tea/domain gives it",
      "proto/tea/v1/tea.proto:11 MakeTea lists TEA_COLD, which no error of the domain gives",
    ]);
  });

  it("say which table they cannot read", () => {
    expect(() => found({ files: { "libs/rpc/src/wire/error-table.ts": "export const refusals = read();" } })).toThrow(
      "libs/rpc/src/wire/error-table.ts: expected a table refusals, spelled out as an object",
    );
  });
});
