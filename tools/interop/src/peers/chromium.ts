import { randomUUID } from "node:crypto";
import { Health } from "@banyan/stubs-standard/health";
import { CreateUserResponseSchema, GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import { create, fromBinary, toBinary, type DescMethod, type MessageInitShape } from "@bufbuild/protobuf";
import { type Account, judge, longUser, newUser, requestId, requestIdHeader, unknownUserId } from "./account.ts";
import { type BrowserRequest, fetchInChromium } from "./browser-fetch.ts";
import { browserProtocols, type BrowserProtocol } from "./browser-protocols.ts";
import type { Peer } from "./peer.ts";
import { versionLine } from "./program.ts";

const lateMs = 500;

/** Headless Chromium: `fetch` over TLS, where ALPN chooses HTTP/2. */
export const chromium: Peer = {
  name: "chromium",
  async open() {
    const version = await versionLine("chromium");
    if (version === undefined) return { absent: "chromium is not installed" };
    return {
      version: version.replace(/ built on .*/, ""),
      async prove({ tls }) {
        const seen = [];
        for (const protocol of browserProtocols) {
          const { alpn, ...account } = await callUsers(`https://${tls}`, protocol);
          const chosen = {
            promise: `${protocol.name}: ALPN chooses HTTP/2`,
            seen: alpn.join(" "),
            kept: alpn.join() === "h2",
          };
          seen.push(chosen, ...judge(protocol.name, account));
        }
        return seen;
      },
    };
  },
};

async function callUsers(
  base: string,
  protocol: BrowserProtocol,
): Promise<Account & { readonly alpn: readonly string[] }> {
  const request = <M extends DescMethod>(
    method: M,
    message: MessageInitShape<M["input"]>,
    headers: Readonly<Record<string, string>> = {},
  ): BrowserRequest => ({
    url: `${base}/${method.parent.typeName}/${method.name}`,
    ...protocol.request(method, toBinary(method.input, create(method.input, message)), headers),
  });
  const { createUser, getUser } = UserService.method;

  const creation = await fetchInChromium([request(createUser, newUser(`${randomUUID()}@example.com`))]);
  const [created] = creation.answers;
  if (created === undefined) throw new Error("chromium has made no request");
  const { userId } = fromBinary(CreateUserResponseSchema, protocol.message(created));
  const calls = [
    request(getUser, { userId }, { [requestIdHeader]: requestId }),
    request(getUser, { userId: unknownUserId }),
    request(createUser, longUser()),
    request(Health.method.watch, {}, protocol.deadline(lateMs)),
  ];
  const { answers, alpn } = await fetchInChromium(calls);
  const [user, unknown, long, late] = answers;
  if (!user || !unknown || !long || !late) throw new Error(`chromium has made ${answers.length} of 4 requests`);
  return {
    alpn,
    name: fromBinary(GetUserResponseSchema, protocol.message(user)).name,
    requestId: user.headers.get(requestIdHeader) ?? undefined,
    unknownUser: protocol.refusal(unknown),
    longName: protocol.refusal(long),
    late: protocol.ending(late),
  };
}
