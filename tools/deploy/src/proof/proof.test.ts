import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kustomizations } from "../render/kustomize.ts";
import { workspaceRoot } from "../workspace.ts";
import { prove, renderAll } from "./proof.ts";

describe("the manifests of k8s/", () => {
  it("render, every folder and overlay of them, and are proved against the code", async () => {
    const all = await renderAll();
    expect(await prove(all)).toEqual([]);
    expect(all.map(({ folder }) => folder)).toEqual(
      expect.arrayContaining(["k8s/etcd", "k8s/postgres", "k8s/user-service", "k8s/overlays/dev", "k8s/overlays/prod"]),
    );
    expect(all.filter(({ objects }) => objects.length === 0)).toEqual([]);
  });

  it("use each component", () => {
    const kustomizations = globSync("k8s/**/kustomization.yaml", { cwd: workspaceRoot }).map((path) =>
      readFileSync(join(workspaceRoot, path), "utf8"),
    );
    const components = readdirSync(join(workspaceRoot, "k8s/components"));
    const unused = components.filter((name) => !kustomizations.some((text) => text.includes(`components/${name}`)));
    expect(unused).toEqual([]);
  });

  it("are told of in k8s/README.md, but for the services, which are all alike", async () => {
    const readme = readFileSync(join(workspaceRoot, "k8s/README.md"), "utf8");
    const folders = (await kustomizations(workspaceRoot)).filter((folder) => !folder.endsWith("-service"));
    expect(folders.filter((folder) => !readme.includes(`| \`${folder}\``))).toEqual([]);
  });
});
