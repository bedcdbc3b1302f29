import { UserService } from "@banyan/stubs-user";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { fixedRule } from "../rule/rule-source.ts";
import { parseTrafficRule, type TrafficRuleInit } from "../rule/traffic-rule.ts";
import { sideHeader } from "../split/headers.ts";
import { shadowTransport } from "./shadow-transport.ts";

function side(name: string, asked: string[]) {
  return createRouterTransport(({ service }) =>
    service(UserService, {
      getUser: () => (asked.push(name), { name }),
      createUser: () => (asked.push(`${name} write`), { userId: name }),
    }),
  );
}

function world(init: TrafficRuleInit) {
  const asked: string[] = [];
  const rule = fixedRule(parseTrafficRule(init));
  const transport = shadowTransport(side("legacy", asked), side("candidate", asked), rule, { name: "user" });
  return { asked, rule, transport, users: createClient(UserService, transport) };
}

describe("shadowTransport", () => {
  it.each(["shadow", "split"] as const)(
    "answers with the legacy and mirrors to the candidate, in the mode %s",
    async (mode) => {
      const { users, transport, asked } = world({
        mode,
        percent: 100,
        shadow: { percent: 100, controlPercent: 0 },
        writes: { owner: "candidate", epoch: 1, pause: { seconds: 30 } },
      });
      await using _ = transport;
      expect((await users.getUser({}, { headers: { [sideHeader]: "candidate" } })).name).toBe("legacy");
      await vi.waitFor(() =>
        expect(transport.report("test").methods["GetUser"]?.events).toEqual({ compared: 1, mismatched: 1 }),
      );
      expect((await users.createUser({})).userId).toBe("legacy");
      expect(asked).toEqual(["legacy", "candidate", "legacy write"]);
    },
  );

  it.each(["off", "all"] as const)("mirrors nothing in the mode %s, and follows the rule", async (mode) => {
    const { users, transport, rule, asked } = world({ mode, shadow: { percent: 100 } });
    await using _ = transport;
    await users.getUser({});
    expect(asked).toEqual(["legacy"]);
    rule.set(parseTrafficRule({ mode: "shadow", shadow: { percent: 100, controlPercent: 0 } }));
    await users.getUser({});
    await vi.waitFor(() => expect(asked).toEqual(["legacy", "legacy", "candidate"]));
  });
});
