import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../workspace.ts";
import { findKustomize, kustomizations } from "./kustomize.ts";

const folder = join(workspaceRoot, "k8s/overlays/prod");

/** A kubectl that tells its version, and renders nothing. */
async function kubectlOf(version: string) {
  const place = await mkdtemp(join(tmpdir(), "banyan-kubectl-"));
  const program = join(place, "kubectl");
  await writeFile(program, `#!/bin/sh\necho '{"clientVersion":{"gitVersion":"${version}"}}'\n`);
  await chmod(program, 0o755);
  return { program, [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }) };
}

describe("findKustomize", () => {
  it.each(["v1.27.0", "v1.32.4-dispatcher", "v2.0.0"])("takes kubectl %s", async (version) => {
    await using kubectl = await kubectlOf(version);
    expect((await findKustomize({ kubectl: kubectl.program })).name).toBe(`kubectl ${version.slice(1).split("-")[0]}`);
  });

  it.each(["v1.26.15", "v1.20.2", "v0.9.0", "devel"])(
    "takes Debian's kustomize in place of kubectl %s",
    async (version) => {
      await using kubectl = await kubectlOf(version);
      expect((await findKustomize({ kubectl: kubectl.program })).name).toMatch(/^kustomize 5\.\d/);
    },
  );

  it("renders the same with kubectl, where there is one, and with Debian's kustomize", async () => {
    const [one, other] = [await findKustomize(), await findKustomize({ kubectl: "/nowhere/kubectl" })];
    expect(other.name).toMatch(/^kustomize 5\.\d/);
    expect(await one.render(folder)).toBe(await other.render(folder));
  });

  it("says in one sentence what does not render", async () => {
    const kustomize = await findKustomize();
    await expect(kustomize.render("/nowhere")).rejects.toThrow(/^\/nowhere does not render: /);
  });
});

describe("kustomizations", () => {
  it("lists every folder that can be applied, and no component", async () => {
    const folders = await kustomizations(workspaceRoot);
    expect(folders).toContain("k8s/user-service");
    expect(folders).toContain("k8s/overlays/prod");
    expect(folders.filter((each) => each.includes("components"))).toEqual([]);
  });
});
