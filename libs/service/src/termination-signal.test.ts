import { describe, expect, it } from "vitest";
import { terminationSignal } from "./termination-signal.ts";

describe("terminationSignal", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("answers %s, and listens no more afterwards", async (signal) => {
    const before = process.listenerCount(signal);
    const received = terminationSignal();
    process.emit(signal, signal);
    expect(await received).toBe(signal);
    expect(process.listenerCount(signal)).toBe(before);
  });
});
