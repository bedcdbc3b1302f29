import { Balancer } from "@banyan/balancer";
import { InstanceRests } from "@banyan/resilience";
import { describe, expect, it } from "vitest";
import { http2Transport } from "./http2-transport.ts";
import { Candidates } from "./candidates.ts";
import type { Member } from "./fleet.ts";

/** Candidates of a fleet that is never dialled. */
function begin(...ids: string[]) {
  const fleet = new Balancer<Member>({ strategy: "round_robin", now: () => performance.now(), random: Math.random });
  const memberOf = (id: string): Member => ({ id, instance: { id, address: "a:1" }, transport: http2Transport("a:1") });
  fleet.update(ids.map(memberOf));
  const rests = new InstanceRests();
  const candidates = new Candidates(fleet, rests, undefined);
  const ask = (): string | undefined => {
    const picked = candidates.pick();
    if (picked !== undefined) candidates.note(picked.instance.id);
    return picked?.instance.id;
  };
  return { rests, candidates, ask, fleet };
}

describe("Candidates", () => {
  it("gives each once, and all of them again when they are forgotten", () => {
    const { candidates, ask } = begin("a", "b", "c");
    expect(new Set([ask(), ask(), ask()])).toEqual(new Set(["a", "b", "c"]));
    expect(ask()).toBeUndefined();
    candidates.forget();
    expect(ask()).toBeDefined();
  });

  it("leaves out those that rest, and keeps no call of theirs open", () => {
    const { rests, ask, fleet } = begin("a", "b");
    rests.rest("a", 60_000, performance.now(), 0);
    expect(ask()).toBe("b");
    expect(ask()).toBeUndefined();
    expect(fleet.status().find(({ id }) => id === "a")?.inFlight).toBe(0);
  });

  it("asks for nothing in particular before anybody was asked", () => {
    expect(begin("a").candidates.request()).toBeUndefined();
  });
});
