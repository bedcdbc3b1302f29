import { decide, legacyRule, parseTrafficRule, type TrafficRuleInit } from "@banyan/strangler";
import { UserService } from "@banyan/stubs-user";
import { openMemoryTrafficStore } from "@banyan/strangler/testing";
import { expect, it } from "vitest";
import { allowReadMisses, withReadMisses } from "./read-misses.ts";

const rules: TrafficRuleInit[] = [
  { mode: "off" },
  { mode: "off", percent: 50, methods: { GetUser: { percent: 20, sticky: "user_id" } } },
  { mode: "all", methods: { GetUser: { percent: 20 } } },
  { mode: "shadow", shadow: { percent: 10 } },
  { mode: "split", percent: 30, sticky: "user_id" },
];

it.each(rules)("leaves the reads of %j where they are, and lets those that miss be asked of the owner", (init) => {
  const rule = parseTrafficRule(init);
  const changed = withReadMisses(rule);
  expect(["split", "shadow"]).toContain(changed.mode);
  expect(changed.readMissFallback).toBe(true);
  for (const random of [0, 0.1, 0.25, 0.5, 0.99]) {
    expect(decide(changed, UserService.method.getUser, { random }).side).toBe(
      decide(rule, UserService.method.getUser, { random }).side,
    );
  }
  expect(changed.methods["GetUser"]?.sticky).toBe(rule.methods["GetUser"]?.sticky);
});

it("adds that to the rule that is there, or writes one, once", async () => {
  await using store = openMemoryTrafficStore();
  const first = await allowReadMisses(store, "user");
  expect(first.rule).toEqual({ ...legacyRule, readMissFallback: true });
  expect(await allowReadMisses(store, "user")).toEqual(first);
});
