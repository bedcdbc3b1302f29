import { DomainError, InfrastructureError } from "@banyan/errors";
import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { adviceOf } from "./advice.ts";
import { failure, refusal } from "./error-details.ts";

class QuotaError extends DomainError {
  override readonly kind = "exhausted";
  override readonly reason = "QUOTA_USED_UP";
}

const overloaded = new ConnectError("too many calls", Code.ResourceExhausted, undefined, [
  { desc: RetryInfoSchema, value: { retryDelay: { seconds: 1n } } },
]);

describe("adviceOf", () => {
  it.each([
    ["fix", "a wrong request", new ConnectError("no", Code.InvalidArgument)],
    ["fix", "what is not there", new ConnectError("no", Code.NotFound)],
    ["give up", "a state that forbids it", new ConnectError("no", Code.FailedPrecondition)],
    ["retry elsewhere", "a database that is away", failure(new InfrastructureError("unavailable", "database", ""))],
    ["retry here", "no answer in time", failure(new InfrastructureError("timeout", "database", ""))],
    ["give up", "a defect", failure(new InfrastructureError("internal", "database", ""))],
    ["retry here", "a quota", refusal(new QuotaError("used up"), "user.banyan")],
    ["retry elsewhere", "an instance with too many calls", overloaded],
    ["give up", "a status that is none of ours", new ConnectError("no", Code.Unimplemented)],
    ["give up", "what is no error of a call", new Error("no call")],
  ])("says %s of %s", (advice, _, error) => {
    expect(adviceOf(error)).toBe(advice);
  });
});
