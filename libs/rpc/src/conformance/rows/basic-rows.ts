import { Code } from "@connectrpc/connect";
import type { Row } from "../conformance-case.ts";
import { both, call, metadata, one, two } from "../scripted-call.ts";

/** A call of each shape. */
export const basicRows: readonly Row[] = [
  { feature: "unary", cases: [call("unary/success", "unary", { ...metadata, responses: one })] },
  {
    feature: "client stream",
    cases: [call("client-stream/success", "client-stream", { ...metadata, responses: one })],
  },
  {
    feature: "server stream, of none too",
    cases: [
      call("server-stream/success", "server-stream", { ...metadata, responses: two }),
      call("server-stream/no-responses", "server-stream", metadata),
    ],
  },
  {
    feature: "bidi stream, full duplex",
    cases: [call("bidi-stream/full-duplex/success", "full-duplex", { ...metadata, responses: two })],
  },
  {
    feature: "bidi stream, half duplex, of none too",
    cases: [
      call("bidi-stream/half-duplex/success", "half-duplex", { ...metadata, responses: two }),
      call("bidi-stream/half-duplex/no-responses", "half-duplex", metadata, { requests: 1 }),
    ],
  },
  {
    feature: "a method that is not implemented",
    cases: [
      call("unimplemented", "unary", undefined, { method: "unimplemented", instead: { code: Code.Unimplemented } }),
    ],
  },
].map((row) => ({ suite: "Basic", ...row, ...both }));
