import { isBuiltin } from "node:module";
import { importsOf, packageOf } from "./source.ts";
import type { Violation } from "./violation.ts";
import { isProduction, manifestLine, typescriptBelow, type Project, type Workspace } from "./workspace.ts";

/** Judges that each package.json declares what its project imports, and declares no project that it does not import. */
export function checkDeclared(workspace: Workspace): Violation[] {
  return workspace.projects.flatMap((project) => checkProject(workspace, project));
}

interface Use {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly production: boolean;
}

function checkProject(workspace: Workspace, project: Project): Violation[] {
  const uses = typescriptBelow(workspace, project.root).flatMap((path) =>
    importsOf(workspace.source(path)).map(({ specifier, line }): Use => {
      return { name: packageOf(specifier), path, line, production: isProduction(path) };
    }),
  );
  return [
    ...uses.flatMap((use) => checkUse(workspace, project, use)),
    ...checkUnused(workspace, project, "dependencies", new Set(uses.filter((use) => use.production).map(nameOf))),
    ...checkUnused(workspace, project, "devDependencies", new Set(uses.map(nameOf))),
  ];
}

function checkUse(workspace: Workspace, { root, name: own, manifest }: Project, use: Use): Violation[] {
  const { name, path, line, production } = use;
  if (name.startsWith(".") || isBuiltin(name) || name === own) return [];
  if (name in (manifest.dependencies ?? {})) return [];
  // The toolchain of the whole workspace (vitest, typescript) is pinned once, in the package.json at the root.
  const development = { ...workspace.manifest.devDependencies, ...manifest.devDependencies };
  const isShipped = production && !root.startsWith("tools/") && root !== "apps/e2e";
  if (!isShipped && name in development) return [];
  const section = isShipped ? "dependencies" : "devDependencies";
  return [
    { path, line, rule: "layout/undeclared", message: `imports ${name}: add it to ${section} of ${root}/package.json` },
  ];
}

function checkUnused(
  workspace: Workspace,
  project: Project,
  section: "dependencies" | "devDependencies",
  used: ReadonlySet<string>,
): Violation[] {
  const path = `${project.root}/package.json`;
  const ours = new Set(workspace.projects.map(nameOf));
  return Object.keys(project.manifest[section] ?? {})
    .filter((name) => ours.has(name) && !used.has(name))
    .map((name) => {
      const where = section === "dependencies" ? "nothing in production" : "nothing here";
      const message = `declares ${name} in ${section}, and ${where} imports it: take it out, or move it to where it is used`;
      return { path, line: manifestLine(workspace, path, name), rule: "layout/unused", message };
    });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
