import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { workspaceFolder } from "../places.ts";
import { type Account, judge, longUser, newUser, requestId, requestIdHeader, unknownUserId } from "./account.ts";
import { openFiles } from "./files.ts";
import type { Peer } from "./peer.ts";
import { runProgram, versionLine } from "./program.ts";
import { type Refusal, refusalOfJson } from "./refusal.ts";

const buf = join(workspaceFolder, "node_modules/@bufbuild/buf/bin/buf");

/** More than a stream of reflection and a start of Go take on a busy machine; the stream is watched until then. */
const deadline = "3s";

const created = z.object({ userId: z.string() });
const read = z.object({ name: z.string() });

/** `buf curl`, Go's net/http below connect-go, which learns the contract by reflection each time. */
export const bufCurl: Peer = {
  name: "buf curl",
  async open() {
    const version = await versionLine(process.execPath, [buf, "--version"]);
    if (version === undefined) return { absent: "buf does not run here" };
    return {
      version: `buf ${version}`,
      async prove({ cleartext, tls, authorityFile }) {
        const ways = ["grpc", "grpcweb", "connect"].flatMap((protocol) => [
          [`${protocol}, h2c`, `http://${cleartext}`, "--protocol", protocol, "--http2-prior-knowledge"] as const,
          [`${protocol}, TLS`, `https://${tls}`, "--protocol", protocol, "--cacert", authorityFile] as const,
        ]);
        // Side by side: each waits for a deadline.
        const seen = ways.map(async ([way, url, ...flags]) => judge(way, await callUsers(url, ...flags)));
        return (await Promise.all(seen)).flat();
      },
    };
  },
};

async function callUsers(url: string, ...flags: readonly string[]): Promise<Account> {
  await using files = await openFiles();
  const call = async (method: string, request: object, ...more: readonly string[]) => {
    const data = await files.write("request.json", JSON.stringify(request));
    return runProgram(process.execPath, [buf, "curl", ...flags, ...more, "-d", `@${data}`, `${url}/${method}`]);
  };
  const refused = async (...args: Parameters<typeof call>): Promise<Refusal> => {
    const { stderr } = await call(...args);
    return refusalOfJson(stderr);
  };
  const { stdout } = await call("user.v1.UserService/CreateUser", newUser(`${randomUUID()}@example.com`));
  const { userId } = created.parse(JSON.parse(stdout));
  const metadata = ["-v", "-H", `${requestIdHeader}: ${requestId}`];
  const user = await call("user.v1.UserService/GetUser", { userId }, ...metadata);
  return {
    name: read.parse(JSON.parse(user.stdout)).name,
    requestId: /< \(#\d+\) x-request-id: (from\S+)/i.exec(user.stderr)?.[1],
    unknownUser: await refused("user.v1.UserService/GetUser", { userId: unknownUserId }),
    longName: await refused("user.v1.UserService/CreateUser", longUser()),
    late: await refused("grpc.health.v1.Health/Watch", {}, "--timeout", deadline),
  };
}
