import { isNotProcessed } from "@banyan/rpc";
import { Code, createClient } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { InteropService } from "../../../gen/interop/v1/interop_pb.ts";
import { type Caller, refusalBy, together } from "./caller.ts";

/**
 * The last one stops the server.
 *
 * @param open gives the caller that the tests share
 */
export function promiseRetirement(open: () => Caller): void {
  it("loses no call to connections that the server ends", async () => {
    const { server, dial } = open();
    await using aging = dial(server.agingAddress);
    const { echo } = createClient(InteropService, aging);
    const peers = new Set<string>();
    const giveUp = AbortSignal.timeout(15_000);
    const callOn = async (): Promise<void> => {
      while (peers.size < 4 && !giveUp.aborted) peers.add((await echo({})).peer);
    };
    await Promise.all(together.map(callOn));
    expect(peers.size).toBeGreaterThanOrEqual(4);
  });

  it("gets what is under way when the server stops; what it calls then was certainly not processed", async () => {
    const { server, client } = open();
    const { begun } = await client.countWaits({});
    const underWay = Promise.all(together.map(() => client.wait({ waitMs: 1000 })));
    await expect.poll(async () => (await client.countWaits({})).begun, { timeout: 5000 }).toBe(begun + together.length);
    const stopped = server.stop();
    expect(await underWay).toHaveLength(together.length);
    await stopped;
    const refused = await refusalBy(client.echo({}));
    expect(refused).toMatchObject({ code: Code.Unavailable });
    expect(isNotProcessed(refused)).toBe(true);
  });
}
