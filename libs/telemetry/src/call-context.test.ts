import { createContextKey, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { activeContext, callContextManager, currentCall, runCall } from "./call-context.ts";

const span = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 0 };
const call = { requestId: "id", trace: span };

describe("runCall", () => {
  it("makes the call and its span what everything finds that it starts", async () => {
    const seen = await runCall(call, async () => {
      await Promise.resolve();
      return [currentCall(), trace.getSpanContext(activeContext())];
    });
    expect(seen).toEqual([call, span]);
    expect([currentCall(), activeContext()]).toEqual([undefined, ROOT_CONTEXT]);
  });
});

describe("callContextManager", () => {
  const key = createContextKey("test");
  const context = ROOT_CONTEXT.setValue(key, "value");
  const seen = () => [currentCall(), activeContext().getValue(key)];

  it("keeps the call where another context is made active in it", async () => {
    const later = runCall(call, () => callContextManager.with(context, async () => Promise.resolve().then(seen)));
    expect(await later).toEqual([call, "value"]);
  });

  it("binds a function to a context, and to the call it was bound in", () => {
    const bound = runCall(call, () => callContextManager.bind(context, seen));
    expect(bound()).toEqual([call, "value"]);
    expect(seen()).toEqual([undefined, undefined]);
  });
});
