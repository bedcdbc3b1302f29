import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { retryDelayOf } from "../client/call-outcome.ts";
import { http2Transport } from "../client/http2-transport.ts";
import { askHealth } from "../client/health-probe.ts";
import { userServersOn } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  const one = { initialLimit: 1, minLimit: 1, maxLimit: 1 };

  /** A server that works on one call at a time, until the test lets it finish. */
  async function openBusy(concurrency: typeof one | false) {
    const finish = Promise.withResolvers<void>();
    let underWay = 0;
    const server = await openUserServer(
      {
        async getUser() {
          underWay++;
          await finish.promise;
          return { name: "Ada" };
        },
      },
      { concurrency },
    );
    const transport = http2Transport(server.address);
    const users = createClient(UserService, transport);
    const first = users.getUser({});
    await vi.waitFor(() => expect(underWay).toBe(1));
    return {
      server,
      users,
      first,
      finish: finish.resolve,
      underWay: () => underWay,
      async [Symbol.asyncDispose]() {
        finish.resolve();
        await first;
        await transport[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  describe("the limit of calls", () => {
    it("turns away what is beyond it, and says when to come back", async () => {
      await using busy = await openBusy(one);
      const refused = ConnectError.from(await busy.users.getUser({}).catch((reason: unknown) => reason));
      expect(refused.code).toBe(Code.ResourceExhausted);
      expect(retryDelayOf(refused)).toBeGreaterThan(0);
      expect(busy.underWay()).toBe(1);
      const log = expect.objectContaining({ msg: "call", code: "resource_exhausted", level: "warn" });
      expect(busy.server.captured.records()).toContainEqual(log);
      const metrics = await (await fetch(`http://127.0.0.1:${busy.server.adminPort}/metrics`)).text();
      expect(metrics).toMatch(/^banyan_server_sheds_total 1$/m);
      expect(metrics).toMatch(/^banyan_server_concurrency_in_flight 1$/m);

      busy.finish();
      expect(await busy.first).toMatchObject({ name: "Ada" });
      expect(await busy.users.getUser({})).toMatchObject({ name: "Ada" });
    });

    it("lets calls that come all at once be answered one after the other", async () => {
      let [underWay, most] = [0, 0];
      const getUser = async () => {
        most = Math.max(most, ++underWay);
        await Promise.resolve();
        underWay--;
        return { name: "Ada" };
      };
      await using server = await openUserServer({ getUser }, { concurrency: one });
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      await users.getUser({});
      const answers = await Promise.all(Array.from({ length: 10 }, () => users.getUser({})));
      expect(answers).toHaveLength(10);
      expect(most).toBe(1);
    });

    it("does not count questions for health", async () => {
      await using busy = await openBusy(one);
      expect(await askHealth(busy.server.address, "user")).toMatchObject({ tag: "status", status: "SERVING" });
    });

    it("is none where it is turned off", async () => {
      await using busy = await openBusy(false);
      const second = busy.users.getUser({});
      await vi.waitFor(() => expect(busy.underWay()).toBe(2));
      busy.finish();
      expect(await second).toMatchObject({ name: "Ada" });
    });

    it("gives its place back when a call fails or is given up", async () => {
      await using server = await openUserServer({}, { concurrency: one });
      await using transport = http2Transport(server.address);
      const users = createClient(UserService, transport);
      for (const userId of ["", "missing", "defect", "broken database", "7"]) {
        const code = await users.getUser({ userId }).then(
          () => "ok",
          (error: unknown) => ConnectError.from(error).code,
        );
        expect(code).not.toBe(Code.ResourceExhausted);
      }
      await users.getUser({ userId: "7" }, { timeoutMs: 1 }).catch(() => undefined);
      await vi.waitFor(async () => expect(await users.getUser({ userId: "7" })).toMatchObject({ name: "Ada" }));
    });

    it("refuses what is out of bounds, by name", async () => {
      await expect(openUserServer({}, { concurrency: { minLimit: 0 } })).rejects.toThrow("minLimit: expected");
    });
  });
});
