import { Code } from "@connectrpc/connect";
import type { AnswerCase, Row, StreamShape } from "../conformance-case.ts";
import { emptyResponse, response } from "../messages.ts";

const grpc = { "content-type": "application/grpc" };
const proto = { "content-type": "application/grpc+proto" };
const ok = { "grpc-status": "0" };
const aborted = { "grpc-status": "9", "grpc-message": "error" };

type Answer = AnswerCase["answer"];
type Expected = AnswerCase["expected"];

function answer(name: string, answer: Answer, expected: Expected, stream: StreamShape = "unary"): AnswerCase {
  return { kind: "answer", name, stream, answer, expected };
}

const fails = (code: Code | readonly Code[]): Expected => ({ failure: { code } });
/** What is not specified: the suite lets pass what makes sense. */
const unspecified = [Code.Unknown, Code.Internal];
const none = { headers: grpc, trailers: ok };
const several = { ...none, body: [emptyResponse, emptyResponse] };

const empty = (name: string, stream: StreamShape): AnswerCase =>
  answer(
    name,
    {
      headers: { ...proto, "x-custom-header": "foo" },
      body: [emptyResponse],
      trailers: { ...ok, "x-custom-trailer": "bing" },
    },
    { headers: { "x-custom-header": "foo" }, trailers: { "x-custom-trailer": "bing" }, responses: [""] },
    stream,
  );

const subFormat = (name: string, headers: Record<string, string>): AnswerCase =>
  answer(name, { headers, body: [response("test response")], trailers: ok }, { responses: ["test response"] });

const failure = { code: Code.FailedPrecondition, message: "error" };

const rows: readonly Pick<Row, "suite" | "feature" | "cases" | "only">[] = [
  {
    suite: "gRPC Empty Responses",
    feature: "responses of no bytes",
    cases: [
      empty("unary/empty-response", "unary"),
      empty("client-stream/empty-response", "client-stream"),
      empty("server-stream/empty-response", "server-stream"),
      empty("bidi-stream/half-duplex/empty-response", "half-duplex"),
    ],
  },
  {
    suite: "gRPC Proto Sub-Format Responses",
    feature: "`application/grpc+proto`, and `application/grpc`",
    cases: [subFormat("with-proto-sub-format", proto), subFormat("without-proto-sub-format", grpc)],
  },
  {
    suite: "gRPC Trailers",
    feature: "the status in trailers at the end",
    only: { codec: "proto" },
    cases: [
      answer(
        "trailers-at-end/expected",
        { headers: { ...grpc, "x-custom-header": "foo" }, trailers: { ...aborted, "x-custom-trailer": "bing" } },
        { headers: { "x-custom-header": "foo" }, trailers: { "x-custom-trailer": "bing" }, failure },
      ),
      answer(
        "trailers-at-end/duplicate-metadata",
        {
          headers: { ...grpc, "x-custom-header": ["foo", "bar", "baz"] },
          trailers: { ...aborted, "x-custom-trailer": ["bing", "quuz"] },
        },
        { headers: { "x-custom-header": "foo, bar, baz" }, trailers: { "x-custom-trailer": "bing, quuz" }, failure },
      ),
    ],
  },
  {
    suite: "gRPC Trailers",
    feature: "trailers alone, in the header",
    only: { codec: "proto" },
    cases: [
      answer(
        "trailers-only/expected",
        { headers: { ...grpc, ...aborted, "x-custom-trailer": "bing" } },
        { trailers: { "x-custom-trailer": "bing" }, failure },
      ),
      answer(
        "trailers-only/duplicate-metadata",
        { headers: { ...grpc, ...aborted, "x-custom-trailer": ["bing", "quuz"] } },
        { trailers: { "x-custom-trailer": "bing, quuz" }, failure },
      ),
    ],
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "no response, or two, where there is to be one",
    cases: (["unary", "client-stream"] as const).flatMap((stream) => [
      answer(`${stream}/ok-but-no-response`, none, fails(Code.Unimplemented), stream),
      answer(`${stream}/multiple-responses`, several, fails(Code.Unimplemented), stream),
    ]),
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "trailers without a status",
    cases: [answer("missing-status", { headers: grpc, trailers: { "grpc-message": "error" } }, fails(unspecified))],
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "a status in the header, and a body without trailers",
    cases: [
      answer(
        "trailers-only/ignore-header-if-body-present",
        { headers: { ...grpc, "grpc-status": "9" }, body: [emptyResponse] },
        fails(unspecified),
      ),
    ],
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "a status in the header, and another in the trailers",
    cases: [
      answer(
        "trailers-only/ignore-header-if-trailer-present",
        { headers: { ...grpc, "grpc-status": "8" }, trailers: { foo: "bar", "grpc-status": "9" } },
        fails(Code.FailedPrecondition),
      ),
    ],
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "another content type or codec",
    cases: [
      answer("unexpected-content-type", { headers: { "content-type": "image/jpeg" } }, fails(Code.Unknown)),
      answer(
        "unexpected-codec",
        {
          headers: { "content-type": "application/grpc+json" },
          body: [{ content: '{"data": "dGVzdCByZXNwb25zZQ"}' }],
          trailers: ok,
        },
        fails([...unspecified, Code.Unimplemented]),
      ),
    ],
  },
  {
    suite: "gRPC Unexpected Responses",
    feature: "a compression that is unknown, or that is not told",
    cases: [
      answer(
        "unexpected-compression",
        {
          headers: { ...proto, "grpc-encoding": "foo" },
          body: [{ flags: 1, content: "what foo makes of it" }],
          trailers: ok,
        },
        fails(Code.Internal),
      ),
      answer(
        "unexpected-compressed-message",
        { headers: { ...proto, "grpc-encoding": "identity" }, body: [{ ...emptyResponse, flags: 1 }], trailers: ok },
        fails(Code.Internal),
      ),
    ],
  },
];

/** Answers of gRPC as they are on the wire, for a client under test. */
export const grpcAnswerRows: readonly Row[] = rows.map((row) => ({
  only: { codec: "proto", compression: "identity" },
  ...row,
  protocols: ["gRPC"],
  server: "none",
  client: "yes",
}));
