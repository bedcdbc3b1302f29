import { Code } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { refusalMessage } from "../foreign-server.ts";
import { type Caller, refusalBy } from "./caller.ts";

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

/** @param open gives the caller that the tests share */
export function promiseStreams(open: () => Caller): void {
  it("reads a stream to its end", async () => {
    const { client } = open();
    const read = await Array.fromAsync(client.list({ count: 1000 }), ({ number }) => number);
    expect(read).toEqual(numbersTo(1000));
  });

  it("reads what a stream brings before it fails", async () => {
    const { client } = open();
    const read: number[] = [];
    const fail = async (): Promise<void> => {
      for await (const { number } of client.list({ count: 3, fails: true })) read.push(number);
    };
    expect(await refusalBy(fail())).toMatchObject({ code: Code.DataLoss, rawMessage: refusalMessage });
    expect(read).toEqual(numbersTo(3));
  });

  it("leaves a stream", async () => {
    const { client } = open();
    const leaving = new AbortController();
    const leave = async (): Promise<void> => {
      for await (const _ of client.list({ count: 1_000_000 }, { signal: leaving.signal })) leaving.abort();
    };
    expect(await refusalBy(leave())).toMatchObject({ code: Code.Canceled });
  });

  it("sends a stream, larger than every window", async () => {
    const { client } = open();
    const payload = new Uint8Array(65_536);
    async function* send() {
      for (let sent = 0; sent < 100; sent++) yield { payload };
    }
    expect(await client.collect(send())).toMatchObject({ messages: 100, bytes: 100 * 65_536 });
  });

  it("talks in turns", async () => {
    const { client } = open();
    const heard: number[] = [];
    let answered = Promise.withResolvers<void>();
    async function* speak() {
      for (let number = 0; number < 100; number++) {
        yield { number };
        await answered.promise;
        answered = Promise.withResolvers();
      }
    }
    for await (const { number } of client.chat(speak())) {
      heard.push(number);
      answered.resolve();
    }
    expect(heard).toEqual(numbersTo(100));
  });
}
