import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "@nx/devkit";
import { createTree } from "@nx/devkit/testing";
import { describe, expect, it } from "vitest";
import generateService from "./generator.ts";

const root = join(import.meta.dirname, "../../../..");
const lists = ["k8s/services/kustomization.yaml", "k8s/postgres/databases", "k8s/overlays/dev/kustomization.yaml"];
const config = (port: number): string => `export const environment = { ...serverEnvironment({ port: ${port} }) };\n`;

/** What the generator reads of a workspace: the lists as they are, and the ports of two apps. */
function workspace(): Tree {
  const tree = createTree();
  for (const path of lists) tree.write(path, readFileSync(join(root, path), "utf8"));
  tree.write(".prettierrc", readFileSync(join(root, ".prettierrc.json"), "utf8"));
  tree.write("apps/monolith/src/config.ts", config(50050));
  tree.write("apps/user-service/src/config.ts", config(50051));
  return tree;
}

/** The lines of a list that speak of a service. */
function entriesOf(tree: Tree, path: string): string[] {
  return (tree.read(path, "utf8") ?? "")
    .split("\n")
    .filter((line) => /[a-z]_service$|-service(-database)?$/.test(line));
}

describe("the service generator", () => {
  it("gives each service the next port", async () => {
    const tree = workspace();
    await generateService(tree, { name: "payment" });
    await generateService(tree, { name: "gift-card" });
    expect(tree.read("apps/payment-service/src/config.ts", "utf8")).toContain("serverEnvironment({ port: 50052 })");
    expect(tree.read("apps/gift-card-service/src/config.ts", "utf8")).toContain("serverEnvironment({ port: 50053 })");
    expect(tree.read("k8s/gift-card-service/service.yaml", "utf8")).toMatch(/port: 50053 .*port: 51053 /s);
  });

  it("refuses when the last port before the private ones is taken", async () => {
    const tree = workspace();
    tree.write("apps/zebra-service/src/config.ts", config(51050));
    const before = tree.listChanges().length;
    await expect(generateService(tree, { name: "payment" })).rejects.toThrow(/^no port is left for another service: /);
    expect(tree.listChanges()).toHaveLength(before);
  });

  it.each(lists)("adds each service to %s once, in its place", async (path) => {
    const tree = workspace();
    const before = entriesOf(tree, path);
    await generateService(tree, { name: "zebra-crossing" });
    await generateService(tree, { name: "loyalty-programme-subscription" });
    await generateService(tree, { name: "anchor" });
    const after = entriesOf(tree, path);
    expect(after).toHaveLength(before.length + 3);
    expect(after).toEqual(after.toSorted());
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it("says so when a list has another form than it knows", async () => {
    const tree = workspace();
    tree.write("k8s/postgres/databases", "# none\n");
    await expect(generateService(tree, { name: "payment" })).rejects.toThrow(
      "k8s/postgres/databases lists no service in the form that tools/generators knows",
    );
  });

  it("writes nothing when the name is refused", async () => {
    const tree = workspace();
    const before = tree.listChanges().length;
    await expect(generateService(tree, { name: "user" })).rejects.toThrow(
      '"user" is taken: there is apps/user-service',
    );
    expect(tree.listChanges()).toHaveLength(before);
  });

  it("breaks the lines of a long name as prettier does", async () => {
    const tree = workspace();
    await generateService(tree, { name: "loyalty-programme-subscription" });
    for (const { path, content } of tree.listChanges().filter(({ path }) => path.endsWith(".ts")))
      for (const line of content?.toString().split("\n") ?? []) expect(line.length, path).toBeLessThanOrEqual(120);
  });
});
