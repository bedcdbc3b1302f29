import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { serve, type Server } from "../server/serve.ts";
import { capturedLog } from "../testing/captured-log.ts";
import { selfSigned } from "../testing/self-signed.ts";
import type { ConformanceCase, Row } from "./conformance-case.ts";
import { features, had } from "./features.ts";
import { ScriptedService } from "./gen/conformance/v1/conformance_pb.ts";
import { problemsOfScripted } from "./judge.ts";
import { play } from "./play.ts";
import { callRaw } from "./raw-call.ts";
import { problemsOfRaw } from "./raw-outcome.ts";
import { openReferenceClient, type ReferenceOptions } from "./reference-client.ts";
import { rows } from "./rows.ts";
import { scriptedService } from "./scripted-service.ts";

const tls = selfSigned();
/** The suite's servers have ten times as much. */
const maxMessageBytes = 20 * 1024;

const bidiPath = "/conformance.v1.ScriptedService/BidiStream";

type Stack = Pick<ReferenceOptions, "protocol" | "version">;

const stacks: readonly Stack[] = had(features.protocol, "server").flatMap((protocol) =>
  had(features.HTTP, "server")
    .filter((version) => protocol !== "gRPC" || version === "HTTP/2")
    .map((version) => ({ protocol, version })),
);

describe.each(engines)("a server on %s:", (engine) => {
  const servers = new Map<"cleartext" | "TLS", Server>();
  beforeAll(async () => {
    for (const connection of ["cleartext", "TLS"] as const) {
      const server = await serve({
        name: "conformance",
        HOST: "localhost",
        PORT: 0,
        RPC_TRANSPORT: engine,
        log: capturedLog().log,
        routes: (router) => router.service(ScriptedService, scriptedService),
        healthy: async () => {},
        concurrency: false,
        limits: { maxMessageBytes },
        ...(connection === "TLS" && { tls }),
      });
      servers.set(connection, server);
    }
  });
  afterAll(async () => {
    for (const server of servers.values()) await server[Symbol.asyncDispose]();
  });
  const urlOf = (connection: "cleartext" | "TLS"): string =>
    `${connection === "TLS" ? "https" : "http"}://localhost:${servers.get(connection)?.port}`;

  async function problemsOf(row: Row, { protocol, version }: Stack): Promise<string[]> {
    const found = waysOf(row).map(async ({ codec, compression, connection }) => {
      using reference = openReferenceClient(urlOf(connection), { protocol, version, codec, compression, ca: tls.cert });
      const problems = casesOf(row, version).map(async (one) => {
        if (one.kind !== "scripted") return [];
        const outcome = await play(reference.client, one, maxMessageBytes);
        return problemsOfScripted(one, outcome).map(
          (problem) => `${one.name}, ${codec}, ${compression}, ${connection}: ${problem}`,
        );
      });
      return (await Promise.all(problems)).flat();
    });
    const raw = casesOf(row, version).map(async (one) => {
      if (one.kind !== "request") return [];
      const answer = await callRaw(urlOf("cleartext"), version, one);
      return problemsOfRaw(protocol, one, answer).map((problem) => `${one.name}: ${problem}`);
    });
    return (await Promise.all([...found, ...raw])).flat();
  }

  it("answers 505 to a bidi stream over HTTP/1.1", async () => {
    const request = { kind: "request", name: "", method: "POST", path: bidiPath, expected: {} } as const;
    const headers = { "content-type": "application/connect+proto" };
    expect(await callRaw(urlOf("cleartext"), "HTTP/1.1", { ...request, headers })).toMatchObject({ status: 505 });
  });

  describe.each(rows.filter(({ server }) => server === "yes"))("$suite: $feature", (row) => {
    it.each(stacksOf(row))("$protocol over $version", async (stack) => {
      expect(await problemsOf(row, stack)).toEqual([]);
    });
  });
});

/** All codecs with all compressions, and TLS with the first of both. */
function waysOf({ only, cases }: Row) {
  if (cases.every(({ kind }) => kind !== "scripted")) return [];
  const codecs = had(features.codec, "server").filter((codec) => codec === (only?.codec ?? codec));
  const compressions = had(features.compression, "server").filter((name) => name === (only?.compression ?? name));
  return codecs.flatMap((codec, c) =>
    compressions.flatMap((compression, z) =>
      had(features.connection, "server")
        .filter((connection) => connection === "cleartext" || c + z === 0)
        .map((connection) => ({ codec, compression, connection })),
    ),
  );
}

/** The cases that can be had over that version: HTTP/1.1 has no bidi streams. */
function casesOf({ cases }: Row, version: Stack["version"]): readonly ConformanceCase[] {
  return version === "HTTP/2" ? cases : cases.filter((one) => !isBidi(one));
}

function isBidi(one: ConformanceCase): boolean {
  return one.kind === "request" ? one.path === bidiPath : "stream" in one && one.stream.endsWith("-duplex");
}

function stacksOf(row: Row): readonly Stack[] {
  const isOf = ({ protocol }: Stack): boolean => row.protocols === undefined || row.protocols.includes(protocol);
  return stacks.filter((stack) => isOf(stack) && casesOf(row, stack.version).length > 0);
}
