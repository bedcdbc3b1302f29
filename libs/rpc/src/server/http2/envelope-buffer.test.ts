import { describe, expect, it } from "vitest";
import { enveloped } from "../../testing/grpc-answer.ts";
import { EnvelopeBuffer } from "./envelope-buffer.ts";

const messages = [Buffer.from("first"), Buffer.alloc(0), Buffer.alloc(300, 7), Buffer.from("x")];
const all = Buffer.concat(messages.map((message) => enveloped(message)));

function takeAll(buffer: EnvelopeBuffer): Buffer[] {
  const taken: Buffer[] = [];
  for (let message = buffer.take(); message !== undefined; message = buffer.take()) taken.push(Buffer.from(message));
  return taken;
}

describe("EnvelopeBuffer", () => {
  it.each([1, 2, 4, 5, 6, 7, 100, all.length])("takes messages out of parts of %i octets", (length) => {
    const buffer = new EnvelopeBuffer(300);
    const taken: Buffer[] = [];
    const framed = Buffer.concat([Buffer.from("??"), all, Buffer.from("??")]);
    for (let at = 0; at < all.length; at += length) {
      buffer.add(framed, 2 + at, 2 + Math.min(all.length, at + length));
      taken.push(...takeAll(buffer));
    }
    expect(taken).toEqual(messages);
    expect(buffer.length).toBe(0);
  });

  it("gives messages of one part as they lie in it, and leaves them alone when more comes", () => {
    const buffer = new EnvelopeBuffer(300);
    buffer.add(all, 0, all.length - 1);
    const taken = takeAll(buffer);
    expect(taken).toHaveLength(3);
    buffer.add(all, all.length - 1, all.length);
    buffer.add(all, 0, all.length);
    expect(takeAll(buffer)).toEqual([messages[3], ...messages]);
    expect(taken).toEqual(messages.slice(0, 3));
  });

  it("refuses a message above its bound before it has come, and a compressed one when it has", () => {
    const buffer = new EnvelopeBuffer(299);
    buffer.add(all, 0, 10 + 5 + 5);
    expect(takeAll.bind(undefined, buffer)).toThrow("[resource_exhausted] message size 300 is larger than");
    const compressed = new EnvelopeBuffer(300);
    const bytes = enveloped(Buffer.from("ab"), 1);
    compressed.add(bytes, 0, bytes.length - 1);
    expect(compressed.take()).toBeUndefined();
    compressed.add(bytes, bytes.length - 1, bytes.length);
    expect(() => compressed.take()).toThrow("[internal] received compressed envelope");
  });
});
