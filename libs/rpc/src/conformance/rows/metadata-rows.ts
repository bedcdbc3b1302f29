import { Code } from "@connectrpc/connect";
import type { Row } from "../conformance-case.ts";
import { both, call, one, two } from "../scripted-call.ts";

const manyMetadata = {
  headers: [{ name: "x-custom-header", values: ["foo", "bar", "baz"] }],
  trailers: [{ name: "x-custom-trailer", values: ["bing", "quux"] }],
};
const manyFailing = { ...manyMetadata, failure: { code: Code.Internal, message: "failed" } };

/** Fields with several values, of answers and of errors. */
export const metadataRows: readonly Row[] = [
  {
    feature: "unary",
    cases: [
      call("unary/success", "unary", { ...manyMetadata, responses: one }),
      call("unary/error", "unary", manyFailing),
    ],
  },
  {
    feature: "client stream",
    cases: [
      call("client-stream/success", "client-stream", { ...manyMetadata, responses: one }),
      call("client-stream/error", "client-stream", manyFailing),
    ],
  },
  {
    feature: "server stream",
    cases: [
      call("server-stream/success", "server-stream", { ...manyMetadata, responses: two }),
      call("server-stream/no-response", "server-stream", manyMetadata),
      call("server-stream/error-with-responses", "server-stream", { ...manyFailing, responses: two }),
      call("server-stream/error-with-no-responses", "server-stream", manyFailing),
    ],
  },
  {
    feature: "bidi stream",
    cases: (["full-duplex", "half-duplex"] as const).flatMap((stream) => [
      call(`bidi-stream/${stream}/success`, stream, { ...manyMetadata, responses: two }),
      call(`bidi-stream/${stream}/error-with-responses`, stream, { ...manyFailing, responses: two }),
      stream === "full-duplex"
        ? call("bidi-stream/full-duplex/error-no-responses", stream, manyFailing, { requests: 1 })
        : call("bidi-stream/half-duplex/error-with-no-responses", stream, manyFailing),
    ]),
  },
].map((row) => ({ suite: "Duplicate Metadata", ...row, ...both }));
