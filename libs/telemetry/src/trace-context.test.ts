import { describe, expect, it } from "vitest";
import { newTraceContext, setTraceHeaders, traceContextOf } from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

describe("traceContextOf", () => {
  it.each([
    [`00-${traceId}-${spanId}-01`, 1],
    [`00-${traceId}-${spanId}-00`, 0],
    [`00-${traceId}-${spanId}-03`, 1],
    [`cc-${traceId}-${spanId}-01-what-the-future-will-be`, 1],
  ])("reads %s", (traceparent, traceFlags) => {
    expect(traceContextOf(new Headers({ traceparent }))).toEqual({ traceId, spanId, traceFlags, isRemote: true });
  });

  it.each([
    "",
    "0af7651916cd43dd8448eb211c80319c",
    `ff-${traceId}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
  ])("makes nothing of %j", (traceparent) => {
    expect(traceContextOf(new Headers({ traceparent }))).toBeUndefined();
  });
});

describe("setTraceHeaders", () => {
  it("tells the next hop what the last one has told, tracestate included", () => {
    const sent = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: "vendor=1,other=2" };
    const context = traceContextOf(new Headers(sent));
    const headers = new Headers();
    if (context !== undefined) setTraceHeaders(headers, context);
    expect(Object.fromEntries(headers)).toEqual(sent);
  });
});

describe("newTraceContext", () => {
  it("is a trace that nobody records, another one each time", () => {
    const contexts = Array.from({ length: 100 }, () => newTraceContext());
    for (const context of contexts) {
      const headers = new Headers();
      setTraceHeaders(headers, context);
      expect(traceContextOf(headers)).toEqual({ ...context, isRemote: true });
      expect(context.traceFlags).toBe(0);
    }
    expect(new Set(contexts.map(({ traceId }) => traceId)).size).toBe(100);
  });
});
