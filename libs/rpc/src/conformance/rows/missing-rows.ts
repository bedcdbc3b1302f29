import type { NamedCase, Row } from "../conformance-case.ts";

const named = (...names: readonly string[]): readonly NamedCase[] => names.map((name) => ({ kind: "named", name }));

const plain = { codec: "proto", compression: "identity" } as const;

const noWeb = { no: "the client does not speak gRPC-Web" };

const web: readonly Pick<Row, "suite" | "feature" | "only" | "cases">[] = [
  {
    suite: "gRPC-Web Empty Responses",
    only: plain,
    feature: "responses of no bytes",
    cases: named(
      "unary/empty-response",
      "client-stream/empty-response",
      "server-stream/empty-response",
      "bidi-stream/half-duplex/empty-response",
    ),
  },
  {
    suite: "gRPC-Web Proto Sub-Format Responses",
    only: plain,
    feature: "`application/grpc-web+proto`, and `application/grpc-web`",
    cases: named("with-proto-sub-format", "without-proto-sub-format"),
  },
  {
    suite: "gRPC-Web Trailers",
    only: { codec: "proto" },
    feature: "the status in the body, in any case of letters, or in the header",
    cases: named(
      ...["unary", "server-stream"].flatMap((stream) => [
        `${stream}/trailers-in-body/expected`,
        `${stream}/trailers-in-body/mixed-case`,
        `${stream}/trailers-in-body/duplicate-metadata`,
        `${stream}/trailers-only/expected`,
        `${stream}/trailers-only/duplicate-metadata`,
      ]),
    ),
  },
  {
    suite: "gRPC-Web Compressed Trailers",
    only: { codec: "proto", compression: "gzip" },
    feature: "the status in the body, compressed",
    cases: named("trailers-in-body/compressed"),
  },
  {
    suite: "gRPC-Web Unexpected Responses",
    only: plain,
    feature: "no status, no response or two, another content type, codec or compression",
    cases: named(
      "trailers-in-body/missing-status",
      "trailers-in-body/unary/ok-but-no-response",
      "trailers-in-body/unary/multiple-responses",
      "trailers-in-body/client-stream/ok-but-no-response",
      "trailers-in-body/client-stream/multiple-responses",
      "trailers-only/missing-status",
      "trailers-only/unary/ok-but-no-response",
      "trailers-only/client-stream/ok-but-no-response",
      "trailers-only/ignore-header-if-body-present",
      "unexpected-content-type",
      "unexpected-codec",
      "unexpected-compression",
      "unexpected-compressed-message",
    ),
  },
];

/** What neither our server nor our client has. */
export const missingRows: readonly Row[] = web.map((row) => {
  return { ...row, protocols: ["gRPC-Web"], server: "none", client: noWeb };
});
