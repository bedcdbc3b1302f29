import { Code } from "@connectrpc/connect";
import type { Row, ScriptedCase } from "../conformance-case.ts";
import { both, call, clientOnly, one, three, two, type CallOptions } from "../scripted-call.ts";

/** The suite gives 2 s; nobody waits for it. */
const inTime = { timeoutMs: 10_000 } as const;
const late = { timeoutMs: 100, instead: { code: Code.DeadlineExceeded } } as const;
const slow = { delayMs: 1500 };

const deadlines: readonly Row[] = [
  {
    suite: "Deadline Propagation",
    feature: "the server is told the timeout",
    cases: [
      call("unary/success", "unary", { responses: one }, inTime),
      call("client-stream/success", "client-stream", { responses: one }, inTime),
      call("server-stream/success", "server-stream", { responses: two }, inTime),
      call("bidi-stream/full-duplex/success", "full-duplex", { responses: two }, inTime),
    ],
    ...both,
  },
  {
    suite: "Timeouts",
    feature: "DEADLINE_EXCEEDED, whatever the other side does",
    cases: [
      call("unary", "unary", { responses: one, ...slow }, late),
      call("client-stream", "client-stream", { responses: one, ...slow }, late),
      call("server-stream", "server-stream", { responses: two, ...slow }, late),
      call("bidi-stream/full-duplex", "full-duplex", { responses: two, ...slow }, late),
      call("bidi-stream/half-duplex", "half-duplex", { responses: two, ...slow }, late),
    ],
    ...both,
  },
];

const canceled = (cancel: ScriptedCase["cancel"] & string, responses = 0): CallOptions => {
  return { cancel, instead: { code: Code.Canceled, responses } };
};
const unhurried = { delayMs: 200 };

const cancellation: readonly Row[] = [
  {
    feature: "while the answer is awaited",
    cases: [
      call(
        "unary/cancel-after-close-send",
        "unary",
        { responses: one, ...unhurried },
        canceled("5 ms after close-send"),
      ),
      call(
        "client-stream/cancel-after-close-send",
        "client-stream",
        { responses: one, ...unhurried },
        canceled("5 ms after close-send"),
      ),
      call(
        "server-stream/cancel-after-close-send",
        "server-stream",
        { responses: two, ...unhurried },
        canceled("5 ms after close-send"),
      ),
      call(
        "bidi-stream/full-duplex/cancel-after-close-send",
        "full-duplex",
        { responses: three, delayMs: 100 },
        canceled("5 ms after close-send", 2),
      ),
      call(
        "bidi-stream/half-duplex/cancel-after-close-send",
        "half-duplex",
        { responses: two, ...unhurried },
        canceled("5 ms after close-send"),
      ),
    ],
  },
  {
    feature: "while requests are sent",
    cases: [
      call(
        "client-stream/cancel-before-close-send",
        "client-stream",
        { responses: one },
        canceled("before close-send"),
      ),
      call(
        "bidi-stream/full-duplex/cancel-before-close-send",
        "full-duplex",
        { responses: two },
        canceled("before close-send", 2),
      ),
      call(
        "bidi-stream/half-duplex/cancel-before-close-send",
        "half-duplex",
        { responses: two },
        canceled("before close-send"),
      ),
    ],
  },
  {
    feature: "between responses",
    cases: (["server-stream", "full-duplex", "half-duplex"] as const).map((stream) =>
      call(
        stream === "server-stream"
          ? "server-stream/cancel-after-responses"
          : `bidi-stream/${stream}/cancel-after-responses`,
        stream,
        { responses: two, ...unhurried },
        canceled("after the first response", 1),
      ),
    ),
  },
].map((row) => ({ suite: "Client Cancellation", ...row, ...clientOnly }));

/** Calls that end before they are answered, by the clock or by their caller. */
export const timeRows: readonly Row[] = [...deadlines, ...cancellation];
