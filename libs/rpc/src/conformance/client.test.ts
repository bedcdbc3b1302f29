import { createClient } from "@connectrpc/connect";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import type { Http2TransportOptions } from "../client/transport-options.ts";
import { engines } from "../engine.ts";
import { answerWith } from "../testing/grpc-answer.ts";
import { openRawHttp2Server, openScriptedServer } from "../testing/raw-http2-server.ts";
import { selfSigned } from "../testing/self-signed.ts";
import type { AnswerCase, ConformanceCase, Row } from "./conformance-case.ts";
import { features, had } from "./features.ts";
import { ScriptedService } from "./gen/conformance/v1/conformance_pb.ts";
import { problemsOfAnswered, problemsOfScripted } from "./judge.ts";
import { play } from "./play.ts";
import { piecesOf } from "./raw-call.ts";
import { openReferenceServer, type ReferenceServer, type ReferenceServerOptions } from "./reference-server.ts";
import { rows } from "./rows.ts";

const protocols = had(features.protocol, "client");
const stacks = engines.flatMap((engine) => protocols.map((protocol) => ({ engine, protocol })));
const [identity, caller] = [selfSigned(), selfSigned()];
const referenceServers: readonly ReferenceServerOptions[] = [
  {},
  { compression: "gzip" },
  { tls: identity },
  { tls: { ...identity, callers: caller.cert } },
];
const words = { gRPC: "grpc", Connect: "connect" } as const;

describe.each(stacks)("a client on $engine that speaks $protocol:", ({ engine, protocol }) => {
  const servers: ReferenceServer[] = [];
  beforeAll(async () => {
    for (const options of referenceServers) servers.push(await openReferenceServer(options));
  });
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
  afterEach(() => expect(servers.flatMap(({ complaints }) => complaints)).toEqual([]));

  /** The suite's own calls have a timeout only where their case sets one. */
  const open = (address: string, tls?: Http2TransportOptions["tls"]) =>
    http2Transport(address, { engine, protocol: words[protocol], acceptCompression: true, deadlineMs: 0, tls });

  async function problemsOf(one: ConformanceCase): Promise<string[]> {
    if (one.kind === "answer") return problemsOfAnswer(one);
    if (one.kind !== "scripted") return [];
    const found = referenceServers.map(async ({ tls }, index) => {
      const asksForCertificate = tls !== undefined && "callers" in tls;
      if (asksForCertificate !== (one.certificate ?? false)) return [];
      const trust = tls && { ca: tls.cert, ...(asksForCertificate && { identity: caller }) };
      await using transport = open(servers[index]?.address ?? "", trust);
      return problemsOfScripted(one, await play(createClient(ScriptedService, transport), one));
    });
    return (await Promise.all(found)).flat();
  }

  async function problemsOfAnswer(one: AnswerCase): Promise<string[]> {
    const { status = 200, headers, body, trailers } = one.answer;
    const answer = answerWith({ ":status": status, ...headers }, piecesOf(body), trailers);
    await using server =
      status < 600
        ? await openRawHttp2Server((call) => void call.once("end", () => answer(call)).resume())
        : await openScriptedServer(statusFrame(status));
    await using transport = open(server.address);
    return problemsOfAnswered(one, await play(createClient(ScriptedService, transport), { stream: one.stream }));
  }

  const ours = rows.filter(({ protocols: of = [protocol] }) => of.includes(protocol));
  it.each(ours.filter(({ client }) => client === "yes"))("$suite: $feature", async ({ cases }) => {
    const found = cases.map(async (one) => (await problemsOf(one)).map((problem) => `${one.name}: ${problem}`));
    expect((await Promise.all(found)).flat()).toEqual([]);
  });

  it.each(ours.flatMap(deviationOf))("deviates still: $suite: $feature", async ({ cases, found }) => {
    for (const one of cases) expect(await problemsOf(one)).toEqual([expect.stringMatching(found)]);
  });
});

/** The first frame of a first call's answer, and the last; node:http2 does not send a status that HTTP does not have. */
function statusFrame(status: number): Buffer {
  const [headersType, endOfStreamAndHeaders, literalOfStatus] = [1, 5, 8];
  const block = Buffer.from([literalOfStatus, 3, ...Buffer.from(String(status))]);
  return Buffer.concat([Buffer.from([0, 0, block.length, headersType, endOfStreamAndHeaders, 0, 0, 0, 1]), block]);
}

function deviationOf(row: Row) {
  const { client } = row;
  return typeof client === "object" && client.found !== undefined ? [{ ...row, found: client.found }] : [];
}
