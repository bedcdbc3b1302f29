import { createProjectGraphAsync } from "@nx/devkit";
import type { Edge } from "./layers.ts";

/**
 * The imports between projects that Nx knows of. Computed in this process: a daemon would outlive it.
 *
 * @throws when Nx cannot read the workspace; a graph with holes is never answered
 */
export async function readEdges(): Promise<Edge[]> {
  process.env["NX_DAEMON"] = "false";
  // exitOnError would end the process.
  const graph = await createProjectGraphAsync({ exitOnError: false });
  return Object.values(graph.dependencies)
    .flat()
    .filter(({ target, type }) => type !== "implicit" && graph.nodes[target] !== undefined)
    .map(({ source, target }) => ({ from: source, to: target }));
}
