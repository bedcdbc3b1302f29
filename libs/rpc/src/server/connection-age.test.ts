import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { http2Transport } from "../client/http2-transport.ts";
import { userServersOn } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  describe("the age of a connection", () => {
    it("ends it in good order", async () => {
      await using server = await openUserServer({}, { limits: { maxConnectionAgeMs: 100 } });
      const session = connectHttp2(server.url);
      const [[code]] = await Promise.all([once(session, "goaway"), once(session, "close")]);
      expect(code).toBe(0);
    });

    it("is not noticed by calls, which go on on another connection", async () => {
      await using server = await openUserServer({}, { limits: { maxConnectionAgeMs: 20 } });
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      const callers = Array.from({ length: 20 }, async () => {
        for (let calls = 0; calls < 100; calls++) expect((await users.getUser({ userId: "a" })).name).toBe("Ada");
      });
      await Promise.all(callers);
    });
  });
});
