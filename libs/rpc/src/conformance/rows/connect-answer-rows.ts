import { gzipSync } from "node:zlib";
import { Code } from "@connectrpc/connect";
import type { AnswerCase, Row, StreamShape } from "../conformance-case.ts";
import { emptyResponse, response, responseOf } from "../messages.ts";

const unary = { "content-type": "application/proto" };
const stream = { "content-type": "application/connect+proto" };
const json = { "content-type": "application/json" };

type Expected = AnswerCase["expected"];

function answer(
  name: string,
  answer: AnswerCase["answer"],
  expected: Expected,
  stream: StreamShape = "unary",
): AnswerCase {
  return { kind: "answer", name, stream, answer, expected };
}

const fails = (code: Code | readonly Code[], message?: string): Expected => {
  return { failure: { code, ...(message !== undefined && { message }) } };
};
const end = (content: object, flags = 2) => ({ flags, content: JSON.stringify(content) });

/** The message of google.protobuf.FileDescriptorProto whose name is `test.proto`. */
const detail = { type: "google.protobuf.FileDescriptorProto", value: "Cgp0ZXN0LnByb3Rv" };
const outOfRange = { code: "out_of_range", message: "oops" };
const withDetail = (more: object) => ({ ...outOfRange, details: [{ ...detail, ...more }] });
const hasDetail: Expected = { failure: { code: Code.OutOfRange, message: "oops", detail: true } };

const error = (name: string, status: number, body: unknown, expected: Expected): AnswerCase =>
  answer(`error/${name}`, { status, headers: json, body: JSON.stringify(body) }, expected);

const endStream = (name: string, error: unknown, expected: Expected): AnswerCase =>
  answer(`end-stream/${name}`, { headers: stream, body: [end({ error })] }, expected, "server-stream");

const errorSuite = { suite: "Connect Error and End-Stream", only: { codec: "proto" } } as const;
const compressedSuite = {
  suite: "Connect Compressed Error and End-Stream",
  only: { codec: "proto", compression: "gzip" },
} as const;
const emptySuite = {
  suite: "Connect Empty Responses",
  only: { codec: "proto", compression: "identity" },
} as const;
const unexpectedSuite = { ...emptySuite, suite: "Connect Unexpected Responses" } as const;

const empty = (name: string, shape: StreamShape): AnswerCase =>
  answer(
    name,
    shape === "unary"
      ? { headers: { ...unary, "x-custom-header": "foo", "trailer-x-custom-trailer": "bing" } }
      : {
          headers: { ...stream, "x-custom-header": "foo" },
          body: [emptyResponse, end({ metadata: { "x-custom-trailer": ["bing"] } })],
        },
    { headers: { "x-custom-header": "foo" }, trailers: { "x-custom-trailer": "bing" }, responses: [""] },
    shape,
  );

const wrongEnd = end(outOfRange);

const rows: readonly (Pick<Row, "suite" | "feature" | "cases" | "only"> & Partial<Row>)[] = [
  {
    ...emptySuite,
    feature: "responses of no bytes",
    cases: [
      empty("unary/empty-response", "unary"),
      empty("client-stream/empty-response", "client-stream"),
      empty("server-stream/empty-response", "server-stream"),
      empty("bidi-stream/half-duplex/empty-response", "half-duplex"),
    ],
  },
  {
    ...errorSuite,
    feature: "an error without a code, or with an odd one",
    cases: [
      error("null", 401, null, fails(Code.Unauthenticated)),
      error("null-code", 401, { code: null, message: "oops" }, fails(Code.Unauthenticated, "oops")),
      error("missing-code", 401, { message: "oops" }, fails(Code.Unauthenticated, "oops")),
      error("unrecognized-code", 429, { code: "foobar", message: "oops" }, fails(Code.Unavailable, "oops")),
    ],
  },
  {
    ...errorSuite,
    feature: "an error without a message, or with more fields",
    cases: [
      error("missing-message", 401, { code: "unauthenticated" }, fails(Code.Unauthenticated)),
      error("allow-unrecognized-fields", 422, { ...outOfRange, foobar: "baz" }, fails(Code.OutOfRange, "oops")),
    ],
  },
  {
    ...errorSuite,
    feature: "details of an error, whatever `debug` says",
    cases: [
      error("invalid-details-debug", 422, withDetail({ debug: "garbage" }), hasDetail),
      error("missing-details-debug", 422, withDetail({}), hasDetail),
      error(
        "allow-unrecognized-fields-in-details",
        422,
        withDetail({ frob: "nitz", debug: { name: "test.proto", foobar: true } }),
        hasDetail,
      ),
    ],
  },
  {
    ...errorSuite,
    feature: "the end of a stream without a code, or with an odd one",
    cases: [
      endStream("null-error", null, {}),
      endStream("null-code", { code: null, message: "oops" }, fails(Code.Unknown, "oops")),
      endStream("missing-code", { message: "oops" }, fails(Code.Unknown, "oops")),
      endStream("unrecognized-code", { code: "foobar", message: "oops" }, fails(Code.Unknown, "oops")),
    ],
  },
  {
    ...errorSuite,
    feature: "the end of a stream without a message",
    cases: [endStream("missing-message", { code: "unauthenticated" }, fails(Code.Unauthenticated))],
  },
  {
    ...errorSuite,
    feature: "details at the end of a stream, whatever `debug` says",
    cases: [
      endStream(
        "allow-unrecognized-fields",
        { ...withDetail({ frob: "nitz", debug: { name: "test.proto", foobar: true } }), foobar: "baz" },
        hasDetail,
      ),
      endStream("invalid-details-debug", withDetail({ debug: "garbage" }), hasDetail),
      endStream("missing-details-debug", withDetail({}), hasDetail),
    ],
  },
  {
    ...compressedSuite,
    feature: "an error, and the end of a stream",
    cases: [
      answer(
        "error/compressed",
        {
          status: 422,
          headers: { ...json, "content-encoding": "gzip" },
          body: gzipSync(JSON.stringify(withDetail({ debug: { name: "test.proto" } }))),
        },
        hasDetail,
      ),
      answer(
        "end-stream/compressed",
        {
          headers: { ...stream, "connect-content-encoding": "gzip" },
          body: [
            { flags: 3, content: gzipSync(JSON.stringify({ error: withDetail({ debug: { name: "test.proto" } }) })) },
          ],
        },
        hasDetail,
        "server-stream",
      ),
    ],
  },
  {
    ...unexpectedSuite,
    feature: "an error whose body is none",
    cases: [answer("unexpected-error-body", { status: 403, headers: unary, body: "" }, fails(Code.PermissionDenied))],
  },
  {
    ...unexpectedSuite,
    feature: "no response, or two, where there is to be one",
    cases: [
      answer(
        "client-stream/ok-but-no-response",
        { headers: stream, body: [wrongEnd] },
        fails(Code.Unimplemented),
        "client-stream",
      ),
      answer(
        "client-stream/multiple-responses",
        { headers: stream, body: [emptyResponse, emptyResponse, wrongEnd] },
        fails(Code.Unimplemented),
        "client-stream",
      ),
    ],
  },
  {
    ...unexpectedSuite,
    feature: "a stream without its end",
    client: {
      no: "Connect for Node 2.2 says INVALID_ARGUMENT, not INTERNAL",
      found: /^failed with \[invalid_argument\]/,
    },
    cases: (["client-stream", "server-stream", "half-duplex"] as const).map((shape) =>
      answer(
        shape === "half-duplex" ? "bidi-stream/half-duplex/no-end-stream" : `${shape}/no-end-stream`,
        { headers: stream, body: [emptyResponse] },
        { ...fails([Code.Internal, Code.Unknown]), ...(shape !== "client-stream" && { responses: [""] }) },
        shape,
      ),
    ),
  },
  {
    ...unexpectedSuite,
    feature: "another content type or codec",
    cases: [
      answer("unexpected-content-type", { headers: { "content-type": "image/jpeg" } }, fails(Code.Unknown)),
      answer("unexpected-codec", { headers: json, body: '{"data": "dGVzdCByZXNwb25zZQ"}' }, fails(Code.Internal)),
      answer(
        "unexpected-stream-codec",
        {
          headers: { "content-type": "application/connect+json" },
          body: [{ content: '{"data": "dGVzdCByZXNwb25zZQ"}' }, end({})],
        },
        fails(Code.Internal),
        "server-stream",
      ),
    ],
  },
  {
    ...unexpectedSuite,
    feature: "a compression that is unknown, or that is not told",
    cases: [
      answer(
        "unexpected-compression",
        { headers: { ...unary, "content-encoding": "foo" }, body: responseOf("test response") },
        fails(Code.Internal),
      ),
      answer(
        "unexpected-compressed-message",
        {
          headers: { ...stream, "connect-content-encoding": "identity" },
          body: [{ ...response("test response"), flags: 1 }, end({})],
        },
        fails(Code.Internal),
        "server-stream",
      ),
    ],
  },
];

/** Answers of Connect as they are on the wire, for a client under test. */
export const connectAnswerRows: readonly Row[] = rows.map((row) => ({
  client: "yes",
  ...row,
  protocols: ["Connect"],
  server: "none",
}));
