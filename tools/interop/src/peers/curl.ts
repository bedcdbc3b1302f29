import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type Account, judge, longUser, newUser, requestId, requestIdHeader, unknownUserId } from "./account.ts";
import { enveloped, envelopesIn } from "./envelope.ts";
import { type Files, openFiles } from "./files.ts";
import type { Peer } from "./peer.ts";
import { runProgram, versionLine } from "./program.ts";
import { refusalOfEnd, refusalOfJson } from "./refusal.ts";
import type { Services } from "./services.ts";

/** curl with Connect's JSON, over each of its ways to a port: the second one is HTTP/2 over TLS by ALPN. */
export const curl: Peer = {
  name: "curl",
  async open() {
    const version = await versionLine("curl");
    if (version === undefined) return { absent: "curl is not installed" };
    return {
      version: version.replace(/^(curl [\d.]+).*(nghttp2\/[\d.]+).*$/, "$1, $2"),
      async prove(services) {
        const seen = [];
        for (const way of waysTo(services)) {
          await using files = await openFiles();
          const { versions, ...account } = await callUsers(way, files);
          seen.push(...judge(way.name, account), {
            promise: `${way.name}: every answer came over HTTP/${way.version}`,
            seen: versions.join(" "),
            kept: versions.every((version) => version === way.version),
          });
        }
        return seen;
      },
    };
  },
};

interface Way {
  readonly name: string;
  readonly url: string;
  readonly flags: readonly string[];
  /** As `%{http_version}` has it. */
  readonly version: string;
}

function waysTo({ cleartext, tls, authorityFile }: Services): Way[] {
  const [plain, secure] = [`http://${cleartext}`, `https://${tls}`];
  const trust = ["--cacert", authorityFile];
  return [
    { name: "HTTP/1.1", url: plain, flags: ["--http1.1"], version: "1.1" },
    { name: "h2c by prior knowledge", url: plain, flags: ["--http2-prior-knowledge"], version: "2" },
    { name: "TLS with ALPN http/1.1", url: secure, flags: ["--http1.1", ...trust], version: "1.1" },
    { name: "TLS with ALPN h2", url: secure, flags: ["--http2", ...trust], version: "2" },
  ];
}

const created = z.object({ userId: z.string() });
const read = z.object({ name: z.string() });
const written = z.object({ http_version: z.string() });

async function callUsers(way: Way, files: Files): Promise<Account & { readonly versions: readonly string[] }> {
  const versions: string[] = [];
  const post = async (method: string, type: string, body: string | Uint8Array, ...headers: readonly string[]) => {
    const [data, headersFile] = [await files.write("request", body), `${files.folder}/headers`];
    const send = ["-H", `content-type: ${type}`, ...headers.flatMap((h) => ["-H", h]), "--data-binary", `@${data}`];
    const answer = ["-sS", "--max-time", "20", "-D", headersFile, "-w", "%{stderr}%{json}"];
    const args = [...way.flags, ...answer, ...send, `${way.url}/${method}`];
    const { code, stdout, stderr } = await runProgram("curl", args);
    if (code !== 0) throw new Error(`curl ended with ${code}: ${stderr}`);
    versions.push(written.parse(JSON.parse(stderr)).http_version);
    return { body: stdout, headers: await files.read("headers") };
  };
  const json = (method: string, request: object, ...headers: readonly string[]) =>
    post(`user.v1.UserService/${method}`, "application/json", JSON.stringify(request), ...headers);

  const { userId } = created.parse(JSON.parse((await json("CreateUser", newUser(`${randomUUID()}@example.com`))).body));
  const user = await json("GetUser", { userId }, `${requestIdHeader}: ${requestId}`);
  const unknown = await json("GetUser", { userId: unknownUserId });
  const long = await json("CreateUser", longUser());
  const watch = enveloped(Buffer.from("{}"));
  const late = await post("grpc.health.v1.Health/Watch", "application/connect+json", watch, "connect-timeout-ms: 300");
  return {
    versions,
    name: read.parse(JSON.parse(user.body)).name,
    requestId: /^x-request-id: (\S+)/im.exec(user.headers)?.[1],
    unknownUser: refusalOfJson(unknown.body),
    longName: refusalOfJson(long.body),
    late: refusalOfEnd(envelopesIn(Buffer.from(late.body)).at(-1)),
  };
}
