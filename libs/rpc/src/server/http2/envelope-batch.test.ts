import { describe, expect, it } from "vitest";
import { enveloped } from "../../testing/grpc-answer.ts";
import { EnvelopeBatch } from "./envelope-batch.ts";

describe("EnvelopeBatch", () => {
  it("puts messages of all lengths one behind the other, and is empty then", () => {
    const batch = new EnvelopeBatch();
    const messages = [0, 1, 32, 33, 5000].map((length) => Buffer.alloc(length, 1 + (length % 200)));
    for (const message of messages) batch.add(message);
    const all = Buffer.concat(messages.map((message) => enveloped(message)));
    expect(batch.length).toBe(all.length);
    expect(batch.take()).toEqual(all);
    expect([batch.length, batch.take().length]).toEqual([0, 0]);
  });
});
