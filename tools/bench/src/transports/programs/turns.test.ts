import { describe, expect, it } from "vitest";
import { user, type Calls } from "./calls.ts";
import type { CallKind } from "./messages.ts";
import { openTurns } from "./turns.ts";

const right: Required<Calls> = {
  get: async () => user,
  echo: async (payload) => payload,
  async list(count, onNumber) {
    for (let number = 0; number < count; number++) onNumber(number);
  },
  chat: () => ({ turn: async (number) => number, close: () => undefined }),
};
const open = (calls: Calls, kind: CallKind) =>
  openTurns(calls, { kind, inFlight: 1, ms: 1, payloadBytes: 8, messages: 3 });

describe("openTurns", () => {
  it.each(["get", "echo", "list", "chat"] as const)("takes right answers: %s", async (kind) => {
    const turns = open(right, kind);
    await turns.next();
    await turns.next();
    turns.close();
  });

  it.each<[string, CallKind, Partial<Calls>, string]>([
    ["another user", "get", { get: async () => ({ ...user, email: "" }) }, "another user"],
    ["half of the payload", "echo", { echo: async (payload) => payload.subarray(4) }, "another payload"],
    ["a message too few", "list", { list: async (_, onNumber) => onNumber(0) }, "1 of 3 messages came"],
    ["messages out of order", "list", { list: async (_, onNumber) => onNumber(2) }, "message 0 has the number 2"],
    [
      "another number",
      "chat",
      { chat: () => ({ turn: async () => 7, close: () => undefined }) },
      "1 was answered with 7",
    ],
  ])("refuses %s", async (_, kind, wrong, message) => {
    await expect(open({ ...right, ...wrong }, kind).next()).rejects.toThrow(message);
  });
});
