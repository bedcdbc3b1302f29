import { user, type Calls } from "./calls.ts";
import type { LoadTask } from "./messages.ts";

/** Calls one after another; rejects when one fails, or was answered with anything but what is right. */
export interface Turns {
  next(): Promise<void>;
  close(): void;
}

/** @throws when the library has no such call */
export function openTurns(calls: Calls, { kind, payloadBytes, messages }: LoadTask): Turns {
  const close = (): void => undefined;
  switch (kind) {
    case "get":
      return { next: () => get(calls), close };
    case "echo": {
      const payload = new Uint8Array(payloadBytes).fill(7);
      return { next: () => echo(calls, payload), close };
    }
    case "list":
      return { next: () => list(calls, messages), close };
    case "chat":
      return openChat(calls);
    default:
      return kind satisfies never;
  }
}

async function get(calls: Calls): Promise<void> {
  const { userId, name, email } = await calls.get(user.userId);
  if (userId !== user.userId || name !== user.name || email !== user.email)
    throw new Error("another user was answered");
}

async function echo(calls: Calls, payload: Uint8Array): Promise<void> {
  const echoed = await calls.echo?.(payload);
  const isSame = echoed?.length === payload.length && echoed[0] === payload[0] && echoed.at(-1) === payload.at(-1);
  if (!isSame) throw new Error("another payload was answered");
}

async function list(calls: Calls, count: number): Promise<void> {
  let next = 0;
  await calls.list?.(count, (number) => {
    if (number !== next++) throw new Error(`message ${next - 1} has the number ${number}`);
  });
  if (next !== count) throw new Error(`${next} of ${count} messages came`);
}

function openChat(calls: Calls): Turns {
  const chat = calls.chat?.();
  if (chat === undefined) throw new Error("this client has no such call");
  let next = 1;
  return {
    async next() {
      const number = next++;
      const answered = await chat.turn(number);
      if (answered !== number) throw new Error(`${number} was answered with ${answered}`);
    },
    close: () => chat.close(),
  };
}
