import { posix } from "node:path";
import { importsOf, packageOf } from "./source.ts";
import type { Violation } from "./violation.ts";
import { isProduction, manifestLine, projectOf, typescriptBelow, type Project, type Workspace } from "./workspace.ts";

/** From the bottom to the top: each layer may import only what stands before it. */
const layers = ["contract", "leaf", "telemetry", "infra", "rpc", "edge", "app"];
/** Beside them: what development, tests and builds run. */
const tool = "tool";

/** What any contract may import of its neighbours. */
const money = "@banyan/stubs-money";
/** etcd and PostgreSQL for development and tests: the one tool that others may import. */
const dev = "@banyan/dev";
/** Drives the services as a user does: by address. */
const endToEnd = "@banyan/e2e";

/** An import of one project by another that Nx found, by their names. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** One use of a project by another, and where it is written. */
interface Reference {
  readonly from: Project;
  readonly to: Project;
  readonly path: string;
  readonly line?: number;
  readonly production: boolean;
}

/**
 * Judges every import between projects: those in the sources, those a package.json declares, and those that only the
 * Nx graph knows of.
 *
 * @param edges of the Nx graph, without `implicitDependencies`: they are orders of tasks, not imports
 */
export function checkLayers(workspace: Workspace, edges: readonly Edge[]): Violation[] {
  const written = [...importedReferences(workspace), ...declaredReferences(workspace)];
  const known = new Set(written.map(({ from, to }) => `${from.name} ${to.name}`));
  const byName = new Map(workspace.projects.map((project) => [project.name, project]));
  const unwritten = edges.flatMap(({ from, to }): Reference[] => {
    const [source, target] = [byName.get(from), byName.get(to)];
    if (source === undefined || target === undefined || known.has(`${from} ${to}`)) return [];
    return [{ from: source, to: target, path: `${source.root}/package.json`, production: true }];
  });
  return [...workspace.projects.flatMap(checkTag), ...[...written, ...unwritten].flatMap(checkReference)];
}

function checkTag(project: Project): Violation[] {
  const tags = layerTags(project);
  const layer = layerOf(project);
  if (tags.length === 1 && (layers.includes(layer) || layer === tool)) return [];
  const message = `must carry exactly one tag layer:<${[...layers, tool].join("|")}> in nx.tags, has ${tags.length === 0 ? "none" : tags.join(", ")}`;
  return [{ path: `${project.root}/package.json`, rule: "layers/tag", message }];
}

function checkReference({ from, to, path, line, production }: Reference): Violation[] {
  const broken = refusal(from, to, production);
  if (broken === undefined) return [];
  const message = `${from.name} must not import ${to.name}: ${broken.because}`;
  return [{ path, ...(line === undefined ? {} : { line }), rule: `layers/${broken.rule}`, message }];
}

interface Refusal {
  readonly rule: "dev" | "e2e" | "tool" | "neighbour" | "upward";
  readonly because: string;
}

function refusal(from: Project, to: Project, production: boolean): Refusal | undefined {
  const [lower, higher] = [layerOf(to), layerOf(from)];
  if (from.name === dev) return { rule: "dev", because: "every project's tests import it, so it imports none of ours" };
  if (from.name === endToEnd && lower !== "contract" && to.name !== dev)
    return { rule: "e2e", because: `it drives services by address, and imports only contracts and ${dev}` };
  if (lower === tool) {
    if (to.name === dev && (!production || from.name === endToEnd || higher === tool)) return undefined;
    return { rule: "tool", because: `of the tools only ${dev} may be imported, and only by tests and other tools` };
  }
  if (higher === tool)
    return lower === "app" ? { rule: "tool", because: "a tool starts an app as a process, or dials it" } : undefined;
  if (higher === "contract" && to.name === money) return undefined;
  if (lower === higher) return { rule: "neighbour", because: `both are in layer ${lower}; what they share goes lower` };
  if (layers.indexOf(lower) > layers.indexOf(higher))
    return { rule: "upward", because: `${lower} is above ${higher}; take what you need of it as a function` };
  return undefined;
}

function layerTags(project: Project): string[] {
  return (project.manifest.nx?.tags ?? []).filter((tag) => tag.startsWith("layer:"));
}

function layerOf(project: Project): string {
  return (layerTags(project)[0] ?? "layer:").slice("layer:".length);
}

function importedReferences(workspace: Workspace): Reference[] {
  const byName = new Map(workspace.projects.map((project) => [project.name, project]));
  return typescriptBelow(workspace, "").flatMap((path) => {
    const from = projectOf(workspace, path);
    if (from === undefined) return [];
    return importsOf(workspace.source(path)).flatMap(({ specifier, line }): Reference[] => {
      const to = specifier.startsWith(".")
        ? projectOf(workspace, posix.join(posix.dirname(path), specifier))
        : byName.get(packageOf(specifier));
      if (to === undefined || to === from) return [];
      return [{ from, to, path, line, production: isProduction(path) }];
    });
  });
}

function declaredReferences(workspace: Workspace): Reference[] {
  const byName = new Map(workspace.projects.map((project) => [project.name, project]));
  return workspace.projects.flatMap((from) => {
    const path = `${from.root}/package.json`;
    const declared = (names: object | undefined, production: boolean): Reference[] =>
      Object.keys(names ?? {}).flatMap((name) => {
        const to = byName.get(name);
        return to === undefined ? [] : [{ from, to, path, line: manifestLine(workspace, path, name), production }];
      });
    return [...declared(from.manifest.dependencies, true), ...declared(from.manifest.devDependencies, false)];
  });
}
