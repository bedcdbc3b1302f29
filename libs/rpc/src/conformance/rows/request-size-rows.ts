import { Code } from "@connectrpc/connect";
import type { Row } from "../conformance-case.ts";
import { call, one, plain, serverOnly, two, type CallOptions } from "../scripted-call.ts";

const emptyRequests: Row = {
  suite: "Server Empty Requests",
  feature: "requests of no bytes",
  only: plain,
  cases: [
    call("unary/empty-request", "unary"),
    call("client-stream/empty-request", "client-stream", undefined, { requests: 1 }),
    call("server-stream/empty-request", "server-stream"),
    call("bidi-stream/half-duplex/empty-request", "half-duplex", undefined, { requests: 1 }),
  ],
  ...serverOnly,
};

const exhausted = (...beyondLimit: readonly number[]): CallOptions => {
  return { beyondLimit, instead: { code: Code.ResourceExhausted } };
};

const messageSize: readonly Row[] = [
  {
    feature: "requests as large as the limit",
    cases: [
      call("unary/request-equal-to-server-limit", "unary", { responses: one }, { beyondLimit: [0] }),
      call(
        "client-stream/all-requests-equal-to-server-limit",
        "client-stream",
        { responses: one },
        { beyondLimit: [0, 0] },
      ),
      call("server-stream/request-equal-to-server-limit", "server-stream", { responses: two }, { beyondLimit: [0] }),
      call(
        "bidi-stream/half-duplex/all-requests-equal-to-server-limit",
        "half-duplex",
        { responses: two },
        { beyondLimit: [0, 0] },
      ),
      call(
        "bidi-stream/full-duplex/all-requests-equal-to-server-limit",
        "full-duplex",
        { responses: two },
        { beyondLimit: [0, 0] },
      ),
    ],
  },
  {
    feature: "larger ones are RESOURCE_EXHAUSTED, at once",
    cases: [
      call("unary/request-exceeds-server-limit", "unary", { responses: one }, exhausted(10)),
      call("client-stream/first-request-exceeds-server-limit", "client-stream", { responses: one }, exhausted(10, 0)),
      call(
        "client-stream/subsequent-request-exceeds-server-limit",
        "client-stream",
        { responses: one },
        exhausted(0, 10),
      ),
      call("server-stream/request-exceeds-server-limit", "server-stream", { responses: two }, exhausted(10)),
      call(
        "bidi-stream/half-duplex/first-request-exceeds-server-limit",
        "half-duplex",
        { responses: two },
        exhausted(10, 0),
      ),
      call(
        "bidi-stream/half-duplex/subsequent-request-exceeds-server-limit",
        "half-duplex",
        { responses: two },
        exhausted(0, 10),
      ),
      call(
        "bidi-stream/full-duplex/first-request-exceeds-server-limit",
        "full-duplex",
        { responses: two },
        exhausted(10, 0),
      ),
    ],
  },
].map((row) => ({ suite: "Server Message Size", only: { codec: "proto" } as const, ...row, ...serverOnly }));

/** Requests of no bytes, and of as many as a server takes. */
export const requestSizeRows: readonly Row[] = [emptyRequests, ...messageSize];
