import { PackagesUnavailableError, openGoToolchain, type GoToolchain } from "@banyan/dev";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildPrograms, type Programs } from "./go/build-programs.ts";
import type { Finding } from "./finding.ts";
import { proveDialValue } from "./proofs/dial-value.ts";
import { proveOfficialResolver } from "./proofs/official-resolver.ts";
import { openScene, type Scene } from "./scene.ts";

let toolchain: GoToolchain | undefined;
let programs: Programs;
let scene: Scene;

beforeAll(async () => {
  toolchain = await openGoToolchain().catch((error: unknown) => {
    if (error instanceof PackagesUnavailableError) return undefined;
    throw error;
  });
  if (toolchain === undefined) return;
  programs = await buildPrograms(toolchain);
  scene = await openScene();
});
afterAll(async () => {
  if (toolchain !== undefined) await scene[Symbol.asyncDispose]();
});
beforeEach((context) =>
  context.skip(toolchain === undefined, "Go cannot be fetched here: it takes Debian's apt, keys and archive"),
);

const broken = (findings: readonly Finding[]) => findings.filter(({ kept }) => !kept);

describe("a Go program", () => {
  it("dials the value below /services/user/ as it stands", async () => {
    expect(broken(await proveDialValue(scene, programs.address))).toEqual([]);
  });

  it("calls through etcd's own resolver while instances come and go", async () => {
    expect(broken(await proveOfficialResolver(scene, programs.resolver))).toEqual([]);
  });
});
