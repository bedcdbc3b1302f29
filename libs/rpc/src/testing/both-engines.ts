import { once } from "node:events";
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { engines } from "../engine.ts";
import type { ServeOptions } from "../server/serve.ts";
import { openUserServer } from "./user-server.ts";

/** What a caller sees of an answer, but for the date. */
export interface Answer {
  readonly headers: Record<string, unknown>;
  readonly trailers: Record<string, unknown>;
  readonly body: Buffer;
  /** Of the reset that ended it, 0 without one. */
  readonly resetCode: number | undefined;
}

export interface BothEngines extends AsyncDisposable {
  /** Asks both, and expects the same answers. @param body its parts, each a little later than the one before it */
  same(headers: Record<string, string>, ...body: readonly Buffer[]): Promise<Answer>;
}

/** A server on each engine, otherwise alike; once they are closed no call may have been left unanswered. */
export async function openBothEngines(options: Partial<ServeOptions>): Promise<BothEngines> {
  const servers = await Promise.all(
    engines.map((RPC_TRANSPORT) => openUserServer({}, { ...options, RPC_TRANSPORT, HOST: "127.0.0.1" })),
  );
  const sessions = servers.map(({ url }) => connect(url));
  return {
    async same(headers, ...body) {
      const [one, other] = await Promise.all(sessions.map((session) => ask(session, headers, body)));
      if (one === undefined) throw new Error("expected two servers");
      expect(one).toEqual(other);
      return one;
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      const records = servers.flatMap(({ captured }) => captured.records());
      expect(records.filter(({ msg }) => /could not/.test(String(msg)))).toEqual([]);
    },
  };
}

async function ask(session: ClientHttp2Session, headers: Record<string, string>, body: readonly Buffer[]) {
  const fields = { ":method": "POST", "x-request-id": "same", ...headers };
  const stream = session.request(fields, { endStream: body.length === 0 });
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received) => (trailers = received));
  stream.on("error", () => undefined);
  const response = once(stream, "response");
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  for (const part of body.slice(0, -1)) {
    stream.write(part);
    await sleep(5);
  }
  if (body.length > 0) stream.end(body.at(-1));
  const [received]: IncomingHttpHeaders[] = await response;
  if (!stream.closed) await once(stream, "close");
  return {
    headers: plain(received ?? {}),
    trailers: plain(trailers),
    body: Buffer.concat(chunks),
    resetCode: stream.rstCode,
  };
}

function plain(fields: IncomingHttpHeaders): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "date"));
}
