import { Code } from "@connectrpc/connect";
import type { AnswerCase, Row } from "../conformance-case.ts";

/** Answers that come from a proxy, or from what is no server of ours. */
const statuses = [
  ["bad-request", 400, Code.Internal],
  ["unauthorized", 401, Code.Unauthenticated],
  ["forbidden", 403, Code.PermissionDenied],
  ["not-found", 404, Code.Unimplemented],
  ["conflict", 409, Code.Unknown],
  ["precondition-failed", 412, Code.Unknown],
  ["payload-too-large", 413, Code.Unknown],
  ["unsupported-media-type", 415, Code.Unknown],
  ["too-many-requests", 429, Code.Unavailable],
  ["request-header-fields-too-large", 431, Code.Unknown],
  ["bad-gateway", 502, Code.Unavailable],
  ["service-unavailable", 503, Code.Unavailable],
  ["gateway-timeout", 504, Code.Unavailable],
  ["http-version-not-supported", 505, Code.Unknown],
] as const;

function answer(name: string, status: number, code: Code): AnswerCase {
  return { kind: "answer", name, stream: "unary", answer: { status, headers: {} }, expected: { failure: { code } } };
}

const clientOnly = { server: "none", client: "yes" } as const;

const unexpected = {
  suite: "Unexpected Responses",
  only: { codec: "proto", compression: "identity" },
} as const;

/** An HTTP status and nothing else, for a client under test. */
export const httpAnswerRows: readonly Row[] = [
  {
    suite: "HTTP to RPC Code Mapping",
    feature: "each HTTP status has its code",
    cases: statuses.map(([name, status, code]) => answer(name, status, code)),
    ...clientOnly,
  },
  {
    ...unexpected,
    feature: "a status that is not mapped",
    cases: [answer("unmapped-http-status-code", 418, Code.Unknown)],
    ...clientOnly,
  },
  {
    ...unexpected,
    feature: "a status that HTTP does not have",
    cases: [answer("nonexistent-http-status-code", 800, Code.Unknown)],
    ...clientOnly,
  },
];
