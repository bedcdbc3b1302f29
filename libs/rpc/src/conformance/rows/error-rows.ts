import { Code } from "@connectrpc/connect";
import type { Row, Script, ScriptedCase, StreamShape } from "../conformance-case.ts";
import { both, call, metadata, two } from "../scripted-call.ts";

const failing = (message: string): Script => ({ ...metadata, failure: { code: Code.Internal, message } });

const codes = [
  [Code.Canceled, "canceled"],
  [Code.Unknown, "unknown"],
  [Code.InvalidArgument, "invalid-argument"],
  [Code.DeadlineExceeded, "deadline-exceeded"],
  [Code.NotFound, "not-found"],
  [Code.AlreadyExists, "already-exists"],
  [Code.PermissionDenied, "permission-denied"],
  [Code.ResourceExhausted, "resource-exhausted"],
  [Code.FailedPrecondition, "failed-precondition"],
  [Code.Aborted, "aborted"],
  [Code.OutOfRange, "out-of-range"],
  [Code.Unimplemented, "unimplemented"],
  [Code.Internal, "internal"],
  [Code.Unavailable, "unavailable"],
  [Code.DataLoss, "data-loss"],
  [Code.Unauthenticated, "unauthenticated"],
] as const;

const eachCode = (stream: StreamShape): readonly ScriptedCase[] =>
  codes.map(([code, name]) => call(`${stream}/${name}`, stream, { failure: { code, message: name } }));

const unicode = "\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\n";
const withMetadata: Script = { ...metadata, failure: { code: Code.Unauthenticated, message: "unauthenticated" } };

/** Errors that handlers throw. */
export const errorRows: readonly Row[] = [
  { feature: "each code, unary", cases: eachCode("unary") },
  { feature: "each code, server stream", cases: eachCode("server-stream") },
  {
    feature: "headers and trailers beside an error",
    cases: [
      call("unary/error-with-metadata", "unary", withMetadata),
      call("server-stream/error-with-metadata", "server-stream", withMetadata),
      call("client-stream/error-with-metadata", "client-stream", withMetadata, { requests: 1 }),
      call("bidi-stream/error-with-metadata", "half-duplex", withMetadata, { requests: 1 }),
    ],
  },
  {
    feature: "a message of white space and Unicode",
    cases: [call("unary/unicode-error-message", "unary", { failure: { code: Code.Internal, message: unicode } })],
  },
  {
    feature: "before and after responses, server stream",
    cases: [
      call("server-stream/error-with-responses", "server-stream", { ...failing("failed"), responses: two }),
      call("server-stream/error-with-no-responses", "server-stream", failing("failed")),
    ],
  },
  {
    feature: "client stream",
    cases: [
      call("client-stream/error-one-request", "client-stream", failing("failed"), { requests: 1 }),
      call("client-stream/error-multiple-requests", "client-stream", failing("failed")),
    ],
  },
  {
    feature: "before and after responses, bidi stream",
    cases: [
      call("bidi-stream/full-duplex/error-with-responses", "full-duplex", { ...failing("failed"), responses: two }),
      call("bidi-stream/full-duplex/error-no-responses", "full-duplex", failing("failed"), { requests: 1 }),
      call("bidi-stream/half-duplex/error-with-responses", "half-duplex", { ...failing("failed"), responses: two }),
      call("bidi-stream/half-duplex/error-with-no-responses", "half-duplex", failing("failed")),
    ],
  },
].map((row) => ({ suite: "Errors", ...row, ...both }));
