import { toBinary, create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { RequestCase, Row } from "../conformance-case.ts";
import { ScriptedRequestSchema } from "../gen/conformance/v1/conformance_pb.ts";
import { plain, serverOnly } from "../scripted-call.ts";

const service = "/conformance.v1.ScriptedService";

/** A request that is answered with this text, or fails with this code and the name of the code. */
function scripted(outcome: { readonly text: string } | { readonly code: Code }, fullDuplex = false): Uint8Array {
  const script =
    "text" in outcome
      ? { responses: [new TextEncoder().encode(outcome.text)] }
      : { failure: { code: outcome.code, message: Code[outcome.code] }, fullDuplex };
  return toBinary(ScriptedRequestSchema, create(ScriptedRequestSchema, { script }));
}

function request(
  name: string,
  rpc: string,
  headers: Readonly<Record<string, string>>,
  rest: Pick<RequestCase, "expected"> & Partial<RequestCase>,
): RequestCase {
  return { kind: "request", name, method: "POST", path: `${service}/${rpc}`, headers, ...rest };
}

const empty = { content: new Uint8Array() };
const failing = (code: Code | readonly Code[], status?: number): RequestCase["expected"] => {
  return { failure: { code }, ...(status !== undefined && { status }) };
};
/** What is not specified: the suite lets pass what makes sense. */
const unspecified = [Code.Unknown, Code.Internal, Code.Unimplemented];

/** gRPC and gRPC-Web differ in their content type and in nothing else. */
function enveloped(protocol: "gRPC" | "gRPC-Web", type: string): readonly Row[] {
  const headers = (suffix: string, encoding?: string): Record<string, string> => ({
    "content-type": type + suffix,
    ...(protocol === "gRPC" && { te: "trailers" }),
    ...(encoding !== undefined && { "grpc-encoding": encoding }),
  });
  const proto = headers("+proto");
  const answered = {
    body: [{ content: scripted({ text: "test response" }) }],
    expected: { responses: ["test response"] },
  };
  const unimplemented = failing(Code.Unimplemented);
  const rows: readonly Pick<Row, "suite" | "feature" | "cases">[] = [
    {
      suite: `${protocol} Proto Sub-Format Requests`,
      feature: `\`${type}+proto\`, and \`${type}\``,
      cases: [
        request("with-proto-sub-format", "Unary", proto, answered),
        request("without-proto-sub-format", "Unary", headers(""), answered),
      ],
    },
    {
      suite: `${protocol} Unexpected Requests`,
      feature: "no request, or two, where there is to be one",
      cases: (["Unary", "ServerStream"] as const).flatMap((rpc) => {
        const stream = rpc === "Unary" ? "unary" : "server-stream";
        return [
          request(`${stream}/no-request`, rpc, proto, { expected: unimplemented }),
          request(`${stream}/multiple-requests`, rpc, proto, { body: [empty, empty], expected: unimplemented }),
        ];
      }),
    },
    {
      suite: `${protocol} Unexpected Requests`,
      feature: "another HTTP method, path or codec",
      cases: [
        request("unexpected-verb", "Unary", headers(""), {
          method: "DELETE",
          body: [empty],
          expected: failing(unspecified),
        }),
        request("unexpected-uri", "Unary", headers(""), {
          path: "/conformance.v1.UnknownService/UnknownMethod",
          body: [empty],
          expected: unimplemented,
        }),
        request("unexpected-codec", "Unary", headers("+foo"), { body: [empty], expected: failing(unspecified) }),
      ],
    },
    {
      suite: `${protocol} Unexpected Requests`,
      feature: "a compression that is unknown, or that is not told",
      cases: [
        request("unexpected-compression", "Unary", headers("", "foo"), {
          body: [{ flags: 1, content: "what foo makes of it" }],
          expected: unimplemented,
        }),
        request("unexpected-compressed-message", "Unary", headers("+proto", "identity"), {
          body: [{ flags: 1, content: "" }],
          expected: failing(Code.Internal),
        }),
      ],
    },
  ];
  return rows.map((row) => ({ ...row, protocols: [protocol], only: plain, ...serverOnly }));
}

const connectUnary = { "content-type": "application/proto", "connect-protocol-version": "1" };
const connectStream = { "content-type": "application/connect+proto", "connect-protocol-version": "1" };

/** @see https://connectrpc.com/docs/protocol/#error-codes */
const statuses = [
  [Code.Canceled, 499, "canceled"],
  [Code.Unknown, 500, "unknown"],
  [Code.InvalidArgument, 400, "invalid-argument"],
  [Code.DeadlineExceeded, 504, "deadline-exceeded"],
  [Code.NotFound, 404, "not-found"],
  [Code.AlreadyExists, 409, "already-exists"],
  [Code.PermissionDenied, 403, "permission-denied"],
  [Code.ResourceExhausted, 429, "resource-exhausted"],
  [Code.FailedPrecondition, 400, "failed-precondition-mapping"],
  [Code.Aborted, 409, "aborted"],
  [Code.OutOfRange, 400, "out-of-range"],
  [Code.Unimplemented, 501, "unimplemented"],
  [Code.Internal, 500, "internal"],
  [Code.Unavailable, 503, "unavailable"],
  [Code.DataLoss, 500, "data-loss"],
  [Code.Unauthenticated, 401, "unauthenticated"],
] as const;

const streamed = [
  ["server-stream/error-returns-success-http-code", "ServerStream", Code.NotFound],
  ["client-stream/error-returns-success-http-code", "ClientStream", Code.AlreadyExists],
  ["bidi-stream/full-duplex/stream-error-returns-success-http-code", "BidiStream", Code.FailedPrecondition],
  ["bidi-stream/half-duplex/stream-error-returns-success-http-code", "BidiStream", Code.Aborted],
] as const;

const connect: readonly Row[] = [
  {
    suite: "Connect to HTTP Code Mapping",
    feature: "each code has its HTTP status, unary",
    cases: statuses.map(([code, status, name]) =>
      request(`unary/${name}`, "Unary", connectUnary, { body: scripted({ code }), expected: failing(code, status) }),
    ),
  },
  {
    suite: "Connect to HTTP Code Mapping",
    feature: "a stream that fails has 200",
    cases: streamed.map(([name, rpc, code]) =>
      request(name, rpc, connectStream, {
        body: [{ content: scripted({ code }, name.includes("full-duplex")) }],
        expected: failing(code, 200),
      }),
    ),
  },
  {
    suite: "Connect Unexpected Requests",
    feature: "no request, or two, where there is to be one",
    cases: [
      request("server-stream/no-request", "ServerStream", connectStream, { expected: failing(Code.Unimplemented) }),
      request("server-stream/multiple-requests", "ServerStream", connectStream, {
        body: [empty, empty],
        expected: failing(Code.Unimplemented),
      }),
    ],
  },
  {
    suite: "Connect Unexpected Requests",
    feature: "another HTTP method is 405, path 404, codec 415",
    cases: [
      request("unexpected-verb", "Unary", connectUnary, {
        method: "DELETE",
        body: "",
        expected: failing(Code.Unknown, 405),
      }),
      request("unexpected-uri", "Unary", connectUnary, {
        path: "/conformance.v1.UnknownService/UnknownMethod",
        body: "",
        expected: failing(Code.Unimplemented, 404),
      }),
      request(
        "unexpected-codec",
        "Unary",
        { ...connectUnary, "content-type": "application/foo" },
        {
          body: "",
          expected: failing(Code.Unknown, 415),
        },
      ),
    ],
  },
  {
    suite: "Connect Unexpected Requests",
    feature: "a compression that is unknown, or that is not told",
    cases: [
      request(
        "unexpected-compression",
        "Unary",
        { ...connectUnary, "content-encoding": "foo" },
        {
          body: "what foo makes of it",
          expected: failing(Code.Unimplemented),
        },
      ),
      request(
        "unexpected-compressed-message",
        "ServerStream",
        { ...connectStream, "connect-content-encoding": "identity" },
        { body: [{ flags: 1, content: "" }], expected: failing(Code.Internal) },
      ),
    ],
  },
].map((row) => ({ ...row, protocols: ["Connect"] as const, only: plain, ...serverOnly }));

const unexpected: Row = {
  suite: "Unexpected Requests",
  feature: "another content type is 415",
  only: plain,
  cases: [
    request(
      "unexpected-content-type",
      "Unary",
      { "content-type": "image/jpeg" },
      {
        body: "a picture",
        expected: failing(Code.Unknown, 415),
      },
    ),
  ],
  ...serverOnly,
};

/** Requests as they are on the wire, for a server under test. */
export const requestRows: readonly Row[] = [
  unexpected,
  ...connect,
  ...enveloped("gRPC", "application/grpc"),
  ...enveloped("gRPC-Web", "application/grpc-web"),
];
