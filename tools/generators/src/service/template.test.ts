import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namesOf } from "./names.ts";
import { readTemplate, renderTemplate, templateName, templatePort } from "./template.ts";

const root = join(import.meta.dirname, "../../../..");
const real = (path: string): string => readFileSync(join(root, path), "utf8");

/** The template as user-service would have come out of it. */
const asUser = renderTemplate({ names: namesOf("user"), port: 50051 });
const rendered = (path: string): string => asUser.get(path) ?? expect.unreachable(`the template has no ${path}`);

describe("the template", () => {
  it("is a service that is called as it says", () => {
    expect(renderTemplate({ names: namesOf(templateName), port: templatePort })).toEqual(readTemplate());
  });

  it("leaves nothing of its own name and ports in another service", () => {
    for (const [path, text] of asUser) expect(`${path}\n${text}`).not.toMatch(/fig[ _-]?tree|5[01]054/i);
  });

  it("does not read again what it has put in place", () => {
    const files = renderTemplate({ names: namesOf("old-fig-tree"), port: 51054 });
    expect([...files.keys()]).toContain("apps/old-fig-tree-service/src/domain/old-fig-trees.ts");
    expect(files.get("k8s/old-fig-tree-service/service.yaml")).toMatch(/port: 51054 .*port: 52054 /s);
  });

  it.each([
    ["invoice", "Creates an invoice,"],
    ["payment", "Creates a payment,"],
  ])("speaks of %s in English", (name, sentence) => {
    const files = renderTemplate({ names: namesOf(name), port: 50054 });
    expect(files.get(`proto/${name}/v1/${name}.proto`)).toContain(sentence);
  });

  it("has no file that user-service has not, and each of its rooms", () => {
    for (const path of asUser.keys()) expect(existsSync(join(root, path)), path).toBe(true);
    const app = "apps/user-service/";
    const paths = [...asUser.keys()].filter((path) => path.startsWith(app)).map((path) => path.slice(app.length));
    const rooms = new Set(paths.flatMap((path) => /^src\/[^/]+|^[^/]+/.exec(path)?.[0] ?? []));
    const folders = ["", "src/"].flatMap((folder) => readdirSync(join(root, app, folder)).map((name) => folder + name));
    const whereThereAreAny = /^(node_modules|dist|\.report|src|src\/(clients|metrics(\.test)?\.ts))$/;
    const own = folders.filter((path) => !whereThereAreAny.test(path));
    expect([...rooms].toSorted()).toEqual(own.toSorted());
  });

  it.each([
    "apps/user-service/src/migrate.ts",
    "apps/user-service/tsconfig.json",
    "apps/user-service/vitest.config.ts",
    "k8s/user-service/service.yaml",
    "libs/stubs/user/tsconfig.json",
  ])("has %s word for word", (path) => {
    expect(rendered(path)).toBe(real(path));
  });

  it.each(["apps/user-service/src/config.ts", "apps/user-service/src/main.ts"])(
    "has nothing in %s that stands elsewhere in user-service, which may have more",
    (path) => {
      // The business of users is made with more than a store.
      const common = rendered(path)
        .split("\n")
        .filter((line) => !line.includes("createUsers({"));
      const lines = real(path).split("\n")[Symbol.iterator]();
      for (const line of common)
        expect(
          lines.some((other) => other === line),
          line,
        ).toBe(true);
    },
  );

  it.each(["apps/user-service/package.json", "libs/stubs/user/package.json"])(
    "has %s, but for its description and its version",
    (path) => {
      const common = (text: string): string => text.replaceAll(/"(description|version)": ".*"/g, "");
      expect(common(rendered(path))).toBe(common(real(path)));
    },
  );

  it("has the kustomization of user-service, but for its version and for those who call it", () => {
    const path = "k8s/user-service/kustomization.yaml";
    const common = (text: string): string => text.replace(/newTag: .*/, "").replace("  - callers.yaml\n", "");
    expect(common(rendered(path))).toBe(common(real(path)));
  });
});
