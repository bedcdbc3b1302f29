import { BadRequestSchema, ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Health } from "@banyan/stubs-standard/health";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { longUser, newUser, requestId, requestIdHeader, unknownUserId } from "../account.ts";
import type { Refusal } from "../refusal.ts";
import type { PageReport } from "./page-report.ts";

const lateMs = 500;

/** What each transport is told; its `fetch` notes what is asked for. */
interface Calling {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
}

const transports: Readonly<Record<string, (calling: Calling) => Transport>> = {
  "Connect in JSON": (calling) => createConnectTransport(calling),
  "Connect in binary, by GET": (calling) =>
    createConnectTransport({ ...calling, useBinaryFormat: true, useHttpGet: true }),
  "gRPC-Web": (calling) => createGrpcWebTransport(calling),
};

/** Calls the services at the page's own origin, by each transport of connect-web. It runs in the browser. */
export async function callServices(origin: string): Promise<PageReport[]> {
  const reports = [];
  for (const [transport, transportTo] of Object.entries(transports)) {
    const asked: string[] = [];
    const noted: typeof fetch = (input, init) => {
      const { method, url } = new Request(input, init);
      asked.push(`${method} ${new URL(url).pathname}`);
      return fetch(input, init);
    };
    performance.clearResourceTimings();
    const account = await callUsers(transportTo({ baseUrl: origin, fetch: noted }));
    reports.push({ transport, ...account, asked, versions: versionsOf(performance.getEntriesByType("resource")) });
  }
  return reports;
}

async function callUsers(transport: Transport): Promise<Omit<PageReport, "transport" | "asked" | "versions">> {
  const users = createClient(UserService, transport);
  const health = createClient(Health, transport);
  const { userId } = await users.createUser(newUser(`${crypto.randomUUID()}@example.com`));
  const returned: (string | null)[] = [];
  const { name } = await users.getUser(
    { userId },
    { headers: { [requestIdHeader]: requestId }, onHeader: (header) => returned.push(header.get(requestIdHeader)) },
  );
  const leaving = new AbortController();
  const watched: number[] = [];
  const leave = async (): Promise<void> => {
    for await (const { status } of health.watch({}, { signal: leaving.signal })) {
      watched.push(status);
      leaving.abort();
    }
  };
  return {
    name,
    requestId: returned.join(),
    unknownUser: await refusalBy(users.getUser({ userId: unknownUserId })),
    longName: await refusalBy(users.createUser(longUser())),
    late: await refusalBy(Array.fromAsync(health.watch({}, { timeoutMs: lateMs }))),
    left: await refusalBy(leave()),
    watched,
  };
}

async function refusalBy(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const [info] = error.findDetails(ErrorInfoSchema);
    const violations = error.findDetails(BadRequestSchema).flatMap(({ fieldViolations }) => fieldViolations);
    const code = (Code[error.code] ?? "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
    return { code, ...(info && { reason: info.reason }), fields: violations.map(({ field }) => field) };
  }
  return { code: "OK", fields: [] };
}

/** What each answer came over, by the name that ALPN has for it. */
function versionsOf(entries: readonly object[]): string[] {
  return entries.map((entry) => ("nextHopProtocol" in entry ? String(entry.nextHopProtocol) : ""));
}
