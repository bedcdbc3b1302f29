import { describe, expect, it } from "vitest";
import { type Message, type Request, decodeMessage, decodeRequest, encodeLine } from "./protocol.ts";

const requests: Request[] = [
  { ask: "etcd", id: 1 },
  { ask: "database", id: 2, name: "user_service" },
  { ask: "leave" },
];
const messages: Message[] = [
  { tell: "hello", protocol: 1 },
  { tell: "progress", line: "fetching etcd 3.5…" },
  { tell: "reached", id: 1, reached: { url: "http://127.0.0.1:2379", version: "3.5.16" } },
  { tell: "failed", id: 2, reason: "no space left on device" },
  { tell: "lost", reason: "etcd has ended (SIGKILL)" },
];

describe("the protocol", () => {
  it.each(requests)("brings a request over: %j", (request) => {
    const line = encodeLine(request);
    expect(line).toMatch(/^[^\n]+\n$/);
    expect(decodeRequest(line)).toEqual(request);
  });

  it.each(messages)("brings a message over: %j", (message) => {
    expect(decodeMessage(encodeLine(message))).toEqual(message);
  });

  it.each([
    "",
    "GET / HTTP/1.1",
    "null",
    "[]",
    `{"ask":"etcd"}`,
    `{"ask":"database","id":1}`,
    `{"tell":"reached","id":1}`,
  ])("takes %j for nothing", (line) => {
    expect(decodeRequest(line)).toBeUndefined();
    expect(decodeMessage(line)).toBeUndefined();
  });
});
