import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Code } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { type ForeignServerKind, refusalMessage } from "../foreign-server.ts";
import { type Caller, mebibyte, refusalBy, together } from "./caller.ts";

/** @param open gives the caller that the tests share */
export function promiseUnaryCalls({ hasGzip }: ForeignServerKind, open: () => Caller): void {
  it("sends and reads messages of 1 MiB, sixteen at once", async () => {
    const { client } = open();
    const payloads = together.map((index) => new Uint8Array(mebibyte).fill(index));
    const answers = await Promise.all(payloads.map((payload) => client.echo({ payload })));
    expect(answers.map(({ payload }) => [payload.length, payload[0], payload.at(-1)])).toEqual(
      together.map((index) => [mebibyte, index, index]),
    );
  });

  it("sends metadata, of text and of bytes, and reads it in headers and trailers", async () => {
    const { client } = open();
    const headers = { "x-echo": "a value", "x-echo-bin": "AP+A" };
    const seen: (string | null)[] = [];
    const note = (fields: Headers): void => void seen.push(fields.get("x-echo"), fields.get("x-echo-bin"));
    await client.echo({}, { headers, onHeader: note, onTrailer: note });
    expect(seen).toEqual(["a value", "AP+A", "a value", "AP+A"]);
  });

  if (hasGzip) {
    it("reads an answer in gzip", async () => {
      const { client } = open();
      const payload = new Uint8Array(mebibyte).fill(7);
      const encodings: (string | null)[] = [];
      const onHeader = (header: Headers): void =>
        void encodings.push(header.get("grpc-encoding") ?? header.get("content-encoding"));
      const answer = await client.echo({ payload, gzip: true }, { onHeader });
      expect(encodings).toEqual(["gzip"]);
      expect(Buffer.compare(answer.payload, payload)).toBe(0);
    });
  }

  it("reads the message of a refusal, with details and without", async () => {
    const { client } = open();
    const detailed = await refusalBy(client.refuse({ detailed: true }));
    expect(detailed).toMatchObject({ code: Code.NotFound, rawMessage: refusalMessage });
    expect(detailed.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "NOTHING_HERE", domain: "interop" }]);
    const plain = await refusalBy(client.refuse({}));
    expect(plain).toMatchObject({ code: Code.NotFound, rawMessage: refusalMessage, details: [] });
  });

  it("tells the server the deadline", async () => {
    const { client } = open();
    const { remainingMs } = await client.echo({}, { timeoutMs: 15_000 });
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(15_000);
  });

  it("ends at its deadline and when it is cancelled: the server is told, and the connection serves on", async () => {
    const { client } = open();
    const [{ peer }, { givenUp }] = [await client.echo({}), await client.countWaits({})];
    const late = refusalBy(client.wait({ waitMs: 60_000 }, { timeoutMs: 200 }));
    const cancelled = refusalBy(client.wait({ waitMs: 60_000 }, { signal: AbortSignal.timeout(200) }));
    expect(await late).toMatchObject({ code: Code.DeadlineExceeded });
    expect(await cancelled).toMatchObject({ code: Code.Canceled });
    await expect.poll(async () => (await client.countWaits({})).givenUp, { timeout: 5000 }).toBe(givenUp + 2);
    expect(await client.echo({})).toMatchObject({ peer });
  });
}
