import { describe, expect, it } from "vitest";
import { singleMessage, streamedMessages } from "./request-messages.ts";

function source() {
  const state = { ended: false };
  async function* messages() {
    try {
      yield 1;
      yield 2;
    } finally {
      state.ended = true;
    }
  }
  return { state, messages: messages() };
}

describe("singleMessage", () => {
  it("gives the message to every attempt", async () => {
    const { messages } = source();
    const single = await singleMessage(messages);
    expect(await Array.fromAsync(single.forAttempt())).toEqual([1, 2]);
    expect(await Array.fromAsync(single.forAttempt())).toEqual([1, 2]);
    expect(single.complete).toBe(true);
  });
});

describe("streamedMessages", () => {
  it("leaves the source alone while an attempt that asked for nothing ends", async () => {
    const { messages, state } = source();
    const streamed = streamedMessages(messages);
    const failed = streamed.forAttempt()[Symbol.asyncIterator]();
    await expect(failed.throw?.(new Error("refused"))).rejects.toThrow("refused");
    await failed.return?.();
    expect([streamed.complete, state.ended]).toEqual([true, false]);
    expect(await Array.fromAsync(streamed.forAttempt())).toEqual([1, 2]);
  });

  it("is incomplete once a message was asked for, and ends the source with the attempt", async () => {
    const { messages, state } = source();
    const streamed = streamedMessages(messages);
    const attempt = streamed.forAttempt()[Symbol.asyncIterator]();
    await attempt.next();
    expect(streamed.complete).toBe(false);
    await attempt.return?.();
    expect(state.ended).toBe(true);
  });

  it("can be released unused", async () => {
    let returned = false;
    const streamed = streamedMessages({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    });
    await streamed.release();
    expect(returned).toBe(true);
  });
});
