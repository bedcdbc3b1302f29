import {
  DomainError,
  InfrastructureError,
  InvalidInputError,
  type ErrorKind,
  type InfrastructureErrorKind,
  type Resource,
} from "@banyan/errors";
import {
  BadRequestSchema,
  PreconditionFailureSchema,
  ResourceInfoSchema,
  RetryInfoSchema,
} from "@banyan/stubs-standard/error-details";
import { Health } from "@banyan/stubs-standard/health";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../testing/captured-log.ts";
import { domainErrors } from "./domain-errors.ts";
import { errorReasonOf } from "./error-reason.ts";

class Refused extends DomainError {
  override readonly kind: ErrorKind;
  override readonly reason = "REFUSED";
  constructor(kind: ErrorKind, resource?: Resource) {
    super("sku apple: 3 wanted, 1 available", { sku: "apple", available: "1" }, resource);
    this.kind = kind;
  }
}

/** What a caller and the log see when a handler throws. */
async function thrown(problem: unknown, where: "unary" | "stream" = "unary") {
  const captured = capturedLog();
  const transport = createRouterTransport(
    ({ service }) => {
      service(Health, {
        check() {
          throw problem;
        },
        async *watch() {
          yield {};
          throw problem;
        },
      });
    },
    { router: { interceptors: [domainErrors({ domain: "user.banyan", log: captured.log })] } },
  );
  const health = createClient(Health, transport);
  const [outcome] = await Promise.allSettled([
    where === "unary" ? health.check({}) : Array.fromAsync(health.watch({})),
  ]);
  if (outcome.status === "fulfilled") throw new Error("expected the call to fail");
  return { seen: ConnectError.from(outcome.reason), ...captured };
}

/** All that a caller is sent of an error: message, details and trailers. */
function onTheWire({ rawMessage, details, metadata }: ConnectError): string {
  const bytes = details.map((detail) =>
    "type" in detail ? Buffer.from(detail.value).toString("latin1") : detail.value,
  );
  return JSON.stringify([rawMessage, bytes, [...metadata]]);
}

describe("domainErrors", () => {
  it.each<[ErrorKind, Code]>([
    ["invalid", Code.InvalidArgument],
    ["not_found", Code.NotFound],
    ["already_exists", Code.AlreadyExists],
    ["precondition", Code.FailedPrecondition],
    ["exhausted", Code.ResourceExhausted],
    ["unauthenticated", Code.Unauthenticated],
    ["permission", Code.PermissionDenied],
  ])("answers a refusal of kind %s with code %i, its message, reason and facts", async (kind, code) => {
    const { seen, lines } = await thrown(new Refused(kind));
    expect(seen).toMatchObject({ code, rawMessage: "sku apple: 3 wanted, 1 available" });
    expect(errorReasonOf(seen)).toEqual({
      reason: "REFUSED",
      domain: "user.banyan",
      metadata: { sku: "apple", available: "1" },
    });
    expect(lines).toEqual([]);
  });

  it("names each wrong field", async () => {
    const violations = [
      { field: "user_id", description: "must be a UUID" },
      { field: "lines[0].sku", description: "must not be empty" },
    ];
    const { seen } = await thrown(new InvalidInputError(violations));
    expect(seen.code).toBe(Code.InvalidArgument);
    expect(errorReasonOf(seen)).toMatchObject({ reason: "INVALID_INPUT" });
    expect(seen.findDetails(BadRequestSchema)).toMatchObject([{ fieldViolations: violations }]);
  });

  it("says which condition was not met", async () => {
    const { seen } = await thrown(new Refused("precondition"));
    expect(seen.findDetails(PreconditionFailureSchema)).toMatchObject([
      {
        violations: [
          { type: "REFUSED", subject: "sku=apple,available=1", description: "sku apple: 3 wanted, 1 available" },
        ],
      },
    ]);
  });

  it.each<[ErrorKind, Resource, string]>([
    ["not_found", { type: "item", name: "apple" }, "apple"],
    ["already_exists", { type: "user" }, ""],
  ])("names what a refusal of kind %s is about: %j", async (kind, resource, resourceName) => {
    const { seen } = await thrown(new Refused(kind, resource));
    expect(seen.findDetails(ResourceInfoSchema)).toMatchObject([
      { resourceType: resource.type, resourceName, owner: "", description: "sku apple: 3 wanted, 1 available" },
    ]);
  });

  it("names nothing where a refusal is not about one thing", async () => {
    const { seen } = await thrown(new Refused("invalid"));
    expect(seen.findDetails(ResourceInfoSchema)).toEqual([]);
  });

  it.each<[InfrastructureErrorKind, Code, string, string]>([
    ["unavailable", Code.Unavailable, "database is unavailable", "warn"],
    ["timeout", Code.DeadlineExceeded, "database did not answer in time", "error"],
    ["internal", Code.Internal, "database failed", "error"],
  ])(
    "answers a failure of kind %s with code %i, and keeps the cause in the log",
    async (kind, code, message, level) => {
      const cause = new Error("password hunter2 refused");
      const error = new InfrastructureError(kind, "database", "connect 10.1.2.3:5432", { cause });
      const { seen, records, lines } = await thrown(error);
      expect(seen).toMatchObject({ code, rawMessage: message });
      expect(errorReasonOf(seen)).toBeUndefined();
      expect(records()).toEqual([expect.objectContaining({ level, dependency: "database" })]);
      expect(lines.join("")).toContain("hunter2");
      expect(onTheWire(seen)).not.toMatch(/hunter2|10\.1\.2\.3/);
    },
  );

  it.each([
    [{}, { seconds: 1n, nanos: 0 }],
    [{ retryAfterMs: 250 }, { seconds: 0n, nanos: 250_000_000 }],
  ])("says when to try again what is unavailable: %j", async (options, retryDelay) => {
    const { seen } = await thrown(new InfrastructureError("unavailable", "database", "refused", options));
    expect(seen.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay }]);
  });

  it("does not invite to try again what may have happened", async () => {
    const { seen } = await thrown(new InfrastructureError("timeout", "database", "late"));
    expect(seen.findDetails(RetryInfoSchema)).toEqual([]);
  });

  it("passes a ConnectError as it is", async () => {
    const { seen, lines } = await thrown(new ConnectError("not here", Code.Unimplemented));
    expect(seen).toMatchObject({ code: Code.Unimplemented, rawMessage: "not here" });
    expect(lines).toEqual([]);
  });

  it.each([new Error("hunter2"), new TypeError("hunter2 is undefined"), "hunter2", undefined, null])(
    "answers anything else with INTERNAL, and keeps it in the log: %s",
    async (error) => {
      const { seen, records } = await thrown(error);
      expect(seen).toMatchObject({ code: Code.Internal, rawMessage: "internal error", details: [] });
      expect(records()).toEqual([
        expect.objectContaining({ level: "error", msg: "unexpected error", method: "grpc.health.v1.Health/Check" }),
      ]);
    },
  );

  it("answers work that stopped because the caller has gone with CANCELED, and logs nothing", async () => {
    const { seen, lines } = await thrown(Object.assign(new Error("gone"), { code: "ERR_STREAM_PREMATURE_CLOSE" }));
    expect(seen.code).toBe(Code.Canceled);
    expect(lines).toEqual([]);
  });

  it("does the same for what is thrown while a stream is read", async () => {
    const refused = await thrown(new Refused("not_found"), "stream");
    expect(refused.seen.code).toBe(Code.NotFound);
    expect(errorReasonOf(refused.seen)).toMatchObject({ reason: "REFUSED" });
    const defect = await thrown(new Error("hunter2"), "stream");
    expect(defect.seen).toMatchObject({ code: Code.Internal, rawMessage: "internal error" });
    expect(defect.lines.join("")).toContain("hunter2");
  });
});
