import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../finding.ts";
import type { Peer } from "./peer.ts";
import { type Services, startServices } from "./services.ts";

/** The longest: 40,000 calls on a machine that has more to do. */
const proofMs = 600_000;

/** Has each of them call services of its own file. */
export function describePeers(peers: readonly Peer[]): void {
  let services: Services;
  beforeAll(async () => void (services = await startServices()));
  afterAll(() => services[Symbol.asyncDispose]());

  describe.each(peers)("$name", (peer) => {
    it("gets what the contracts promise from @banyan/http2", { timeout: proofMs }, async (context) => {
      const opened = await peer.open();
      if ("absent" in opened) context.skip(opened.absent);
      else expectKept(await opened.prove(services));
    });
  });
}

function expectKept(findings: readonly Finding[]): void {
  expect(findings).not.toEqual([]);
  expect(findings.filter(({ kept }) => !kept)).toEqual([]);
}
