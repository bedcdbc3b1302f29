import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { inferTargets } from "./infer-targets.mjs";

export const name = "@banyan/generators";

/**
 * Gives each project its targets. Nx calls it with the package.json of every workspace: the pattern is that of
 * `workspaces` at the root.
 *
 * JavaScript, because every Nx command loads it, on whatever Node started Nx: an editor or a global `nx` on Node 20
 * cannot read TypeScript.
 *
 * @type {import("@nx/devkit").CreateNodes}
 */
export const createNodes = [
  "{apps/*,libs/*,libs/stubs/*,tools/*}/package.json",
  (manifests, _, { workspaceRoot }) =>
    manifests.map((manifest) => {
      const root = dirname(manifest);
      const targets = inferTargets(root, (path) => existsSync(join(workspaceRoot, path)));
      return [manifest, { projects: { [root]: { targets } } }];
    }),
];
