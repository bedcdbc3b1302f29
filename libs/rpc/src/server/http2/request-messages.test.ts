import { GetUserRequestSchema } from "@banyan/stubs-user";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { enveloped } from "../../testing/grpc-answer.ts";
import { RequestMessages } from "./request-messages.ts";

const message = (userId: string): Buffer =>
  enveloped(toBinary(GetUserRequestSchema, create(GetUserRequestSchema, { userId })));

function open() {
  const told = { givenBack: 0, kept: 0 };
  const messages = new RequestMessages({
    parse: (bytes) => fromBinary(GetUserRequestSchema, bytes),
    maxBytes: 100_000,
    giveBack: (bytes) => (told.givenBack += bytes),
    keep: (bytes) => (told.kept += bytes),
  });
  const push = (bytes: Buffer): void => messages.push(bytes, 0, bytes.length);
  return { messages, push, told };
}

const done = { done: true, value: undefined };
const given = (userId: string) => ({ done: false, value: { userId } });

describe("RequestMessages", () => {
  it("gives octets back as their messages are taken, and not before", async () => {
    const { messages, push, told } = open();
    const [a, b] = [message("a"), message("bb")];
    push(Buffer.concat([a, b]));
    expect(told.givenBack).toBe(0);
    expect(await messages.next()).toMatchObject(given("a"));
    expect(told.givenBack).toBe(a.length);
    expect(await messages.next()).toMatchObject(given("bb"));
    expect(told).toEqual({ givenBack: a.length + b.length, kept: 0 });
  });

  it("gives back what has come of the message that somebody waits for, and says that it is kept", async () => {
    const { messages, push, told } = open();
    const whole = message("x".repeat(1000));
    const next = messages.next();
    push(whole.subarray(0, 600));
    expect(told).toEqual({ givenBack: 600, kept: 600 });
    push(Buffer.concat([whole.subarray(600), message("b")]));
    expect(await next).toMatchObject(given("x".repeat(1000)));
    expect(told).toEqual({ givenBack: whole.length, kept: 0 });
  });

  it("serves those who wait in their order, and all of them at the end", async () => {
    const { messages, push } = open();
    const waiting = [messages.next(), messages.next(), messages.next(), messages.next()];
    push(Buffer.concat([message("a"), message("b")]));
    messages.end();
    expect(await Promise.all(waiting)).toMatchObject([given("a"), given("b"), done, done]);
    expect(await messages.next()).toEqual(done);
  });

  it("fails once, behind the messages that are there", async () => {
    const { messages, push, told } = open();
    push(Buffer.concat([message("a"), message("b").subarray(0, 3)]));
    messages.fail(new ConnectError("gone"));
    messages.end();
    expect(await messages.next()).toMatchObject(given("a"));
    await expect(messages.next()).rejects.toThrow("gone");
    expect(await messages.next()).toEqual(done);
    expect(told.kept).toBe(0);
  });

  it("fails when it ends within a message, or a message cannot be read", async () => {
    const cut = open();
    cut.push(message("a").subarray(0, 5));
    cut.messages.end();
    await expect(cut.messages.next()).rejects.toThrow("[invalid_argument] protocol error: incomplete envelope");
    const unreadable = open();
    const next = unreadable.messages.next();
    unreadable.push(Buffer.concat([enveloped(Buffer.from([10, 9])), message("a")]));
    await expect(next).rejects.toThrow("premature EOF");
    expect(await unreadable.messages.next()).toEqual(done);
  });

  it("throws away what nobody reads on for", async () => {
    const { messages, push, told } = open();
    const all = Buffer.concat([message("a"), message("b")]);
    push(all);
    for await (const { $typeName } of messages) {
      expect($typeName).toBe("user.v1.GetUserRequest");
      break;
    }
    push(all);
    expect(told.givenBack).toBe(2 * all.length);
    expect(await messages.next()).toEqual(done);
    const given = open();
    const waiting = given.messages.next();
    await expect(given.messages.throw(new Error("enough"))).rejects.toThrow("enough");
    expect(await waiting).toEqual(done);
  });
});
