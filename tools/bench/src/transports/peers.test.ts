import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificates } from "@banyan/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkedCalls, checkServer, checkTask } from "./measure/check-server.ts";
import { startPeerServer } from "./measure/peer-server.ts";
import { startProgram } from "./measure/program.ts";
import { peers } from "./peers.ts";
import { preparePeers, type PreparedPeers } from "./prepare-peers.ts";
import { loadResult } from "./programs/messages.ts";

const waitMs = 30_000;
let folder: string;
let laboratory: Parameters<typeof startPeerServer>[1];
let prepared: PreparedPeers;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "banyan-bench-test-"));
  laboratory = { cores: undefined, tls: await createCertificates(folder), collector: "http://127.0.0.1:9" };
  prepared = await preparePeers(peers, { install: false, onProgress: () => undefined });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(peers)("$name", ({ name }) => {
  it(`answers ${checkedCalls} calls of each kind right, to a client that knows the status and to its own`, async (context) => {
    const absent = prepared.absent.find(({ peer }) => peer.name === name);
    context.skip(absent !== undefined, absent?.why);
    const peer = prepared.ready.find((one) => one.name === name);
    if (peer === undefined) throw new Error(`${name} is neither ready nor absent`);

    await using server = await startPeerServer(peer, laboratory, { tls: false });
    const { address } = server.serving;
    const tasks = peer.kinds.map((kind) => checkTask({ kind, payloadBytes: 65_536, messages: 100, inFlight: 4 }));
    if (peer.isGrpc) for (const task of tasks) await checkServer({ address }, task);
    expect(await server.residentBytes()).toBeGreaterThan(1_000_000);

    if (peer.clientCommand === undefined) return;
    const chain = peer.chain && { chain: peer.chain, collector: laboratory.collector };
    const command = { command: peer.clientCommand, task: { address, ...chain }, core: undefined };
    await using client = startProgram(command);
    await client.next(z.object({}), waitMs);
    for (const task of tasks) {
      const { succeeded, failed, failure } = await client.ask(JSON.stringify(task), loadResult, waitMs);
      const expected = { kind: task.kind, succeeded: checkedCalls, failed: 0, failure: undefined };
      expect({ kind: task.kind, succeeded, failed, failure }).toEqual(expected);
    }
  }, 60_000);
});
