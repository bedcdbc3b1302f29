import { describe, expect, it } from "vitest";
import { inferTargets } from "./infer-targets.mjs";

/** The names of the targets of a project in a workspace of these paths. */
function targetsOf(root: string, ...paths: string[]): string[] {
  return Object.keys(inferTargets(root, (path) => paths.includes(path)));
}

describe("inferred targets", () => {
  const service = ["src/main.ts", "src/migrate.ts", "tsconfig.json", "vitest.config.ts"].map(
    (path) => `apps/a/${path}`,
  );

  it("let a service be served, built, shipped, deployed and migrated", () => {
    const every = ["serve", "build", "container", "migrate", "deploy", "typecheck", "lint", "test"];
    expect(targetsOf("apps/a", ...service, "k8s/a")).toEqual(every);
  });

  it.each([
    ["deploy", "without manifests", service],
    ["migrate", "without src/migrate.ts", service.filter((path) => !path.endsWith("migrate.ts"))],
    ["test", "without a configuration of vitest", service.filter((path) => !path.endsWith("vitest.config.ts"))],
    ["serve", "without src/main.ts", service.filter((path) => !path.endsWith("main.ts"))],
  ])("have no %s %s", (target, _, paths) => {
    expect(targetsOf("apps/a", ...paths)).not.toContain(target);
  });

  it("serve and ship nothing of a tool, though it has a main.ts", () => {
    expect(targetsOf("tools/a", "tools/a/src/main.ts", "tools/a/tsconfig.json")).toEqual(["typecheck", "lint"]);
  });

  it("pack what is below libs/, and do not lint stubs", () => {
    expect(targetsOf("libs/a", "libs/a/tsconfig.json")).toEqual(["pack", "typecheck", "lint"]);
    expect(targetsOf("libs/stubs/a", "libs/stubs/a/tsconfig.json")).toEqual(["pack", "typecheck"]);
  });

  it("deploy by the manifests of the app itself, and run again for no other's", () => {
    const { deploy } = inferTargets("apps/a", (path) => [...service, "k8s/a"].includes(path));
    expect(deploy?.inputs).toContain("{workspaceRoot}/k8s/a/**/*");
    expect(deploy?.command).toBe("node tools/deploy/src/main.ts a");
  });

  it("serve until they are stopped", () => {
    const { serve } = inferTargets("apps/a", (path) => service.includes(path));
    expect(serve?.continuous).toBe(true);
  });
});
