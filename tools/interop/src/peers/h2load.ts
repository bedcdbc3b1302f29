import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Finding } from "../finding.ts";
import { newUser } from "./account.ts";
import { openFiles } from "./files.ts";
import type { Peer } from "./peer.ts";
import { runProgram, versionLine } from "./program.ts";
import type { Services } from "./services.ts";

const calls = 20_000;
/** Few enough at a time for the limit of calls that a service begins with: beyond it they are answered 429. */
const load = ["-c", "4", "-m", "4", "-t", "1"];
const loadMs = 240_000;

const created = z.object({ userId: z.string() });

/** nghttp2's load generator. It calls with Connect's JSON, whose errors have a status of HTTP that h2load counts. */
export const h2load: Peer = {
  name: "h2load",
  async open() {
    const version = await versionLine("h2load");
    if (version === undefined) return { absent: "h2load is not installed" };
    return {
      version: version.replace("h2load ", ""),
      async prove(services) {
        const userId = await createUser(services);
        const [plain, secure] = [`http://${services.cleartext}`, `https://${services.tls}`];
        return [...(await loadGetUser("h2c", plain, userId)), ...(await loadGetUser("TLS", secure, userId))];
      },
    };
  },
};

async function createUser({ cleartext }: Services): Promise<string> {
  const response = await fetch(`http://${cleartext}/user.v1.UserService/CreateUser`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(newUser(`${randomUUID()}@example.com`)),
    signal: AbortSignal.timeout(10_000),
  });
  return created.parse(await response.json()).userId;
}

async function loadGetUser(way: string, url: string, userId: string): Promise<Finding[]> {
  await using files = await openFiles();
  const body = await files.write("request.json", JSON.stringify({ userId }));
  const request = ["-H", "content-type: application/json", "-d", body, `${url}/user.v1.UserService/GetUser`];
  const run = async (count: number, ...flags: readonly string[]): Promise<string> => {
    const { stdout } = await runProgram("h2load", ["-n", String(count), ...flags, ...request], { timeoutMs: loadMs });
    return /^status codes: (.*)$/m.exec(stdout)?.[1] ?? stdout;
  };
  const [loaded, after] = [await run(calls, ...load), await run(1)];
  return [
    { promise: `${way}: ${calls} calls are answered`, seen: loaded, kept: loaded === allGood(calls) },
    { promise: `${way}: and one after them`, seen: after, kept: after === allGood(1) },
  ];
}

const allGood = (count: number): string => `${count} 2xx, 0 3xx, 0 4xx, 0 5xx`;
