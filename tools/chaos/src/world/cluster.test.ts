import { describe, expect, it, vi } from "vitest";
import { openCluster } from "./cluster.ts";
import { Operator } from "./operator.ts";
import { untilReachable } from "./world.ts";

const options = { onLine: () => undefined, signal: new AbortController().signal };
const eventually = (assertion: () => Promise<unknown>) => vi.waitFor(assertion, { timeout: 20_000, interval: 50 });

describe("a cluster", () => {
  it("goes on without a member that is cut off, which answers nobody and catches up afterwards", async () => {
    await using world = await openCluster(options);
    const { operator } = world;
    const leader = await world.leader();
    const alone = new Operator(() => leader.endpoint);
    leader.cutOff();
    await untilReachable(world, options.signal);
    await eventually(() => operator.put("/a", "while it was away"));
    expect(await world.leader()).not.toBe(leader);
    await expect(alone.list("/a")).rejects.toThrow();

    leader.rejoin();
    await eventually(async () => expect(await alone.list("/a")).toHaveLength(1));
  });

  it("elects another leader when the leader is killed", async () => {
    await using world = await openCluster(options);
    const leader = await world.leader();
    await leader.kill();
    await untilReachable(world, options.signal);
    await eventually(async () => expect(await world.leader()).not.toBe(leader));
    await leader.restart();
    expect((await new Operator(() => leader.endpoint).status()).leader).not.toBe("0");
  });
});
