import { createProjectGraphAsync, type ProjectGraph } from "@nx/devkit";
import type { Edge } from "./layers.ts";

/**
 * The imports between projects that Nx knows of.
 *
 * @throws when Nx cannot read the workspace
 */
export async function readEdges(): Promise<Edge[]> {
  const graph = await readGraph();
  return Object.values(graph.dependencies)
    .flat()
    .filter(({ target, type }) => type !== "implicit" && graph.nodes[target] !== undefined)
    .map(({ source, target }) => ({ from: source, to: target }));
}

/** What Nx can run of a project: the targets that the plugin infers, and those that its package.json adds. */
export interface ProjectTargets {
  readonly name: string;
  /** Relative to the workspace: `libs/registry`. */
  readonly root: string;
  readonly targets: ReadonlySet<string>;
}

/**
 * The targets of every project, by name of the project.
 *
 * @throws when Nx cannot read the workspace
 */
export async function readTargets(): Promise<ProjectTargets[]> {
  const { nodes } = await readGraph();
  return Object.values(nodes)
    .map(({ name, data }) => ({ name, root: data.root, targets: new Set(Object.keys(data.targets ?? {})) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Computed in this process: a daemon would outlive it. A graph with holes is never answered. */
async function readGraph(): Promise<ProjectGraph> {
  process.env["NX_DAEMON"] = "false";
  // exitOnError would end the process.
  return createProjectGraphAsync({ exitOnError: false });
}
