import { posix } from "node:path";

/** @typedef {import("@nx/devkit").TargetConfiguration} TargetConfiguration */

/**
 * What a project can be asked to do, by the files that it has. How a result is cached, and what it depends on, is the
 * same for all projects and stands in nx.json; what one project alone does differently, in its package.json.
 *
 * @param {string} root of the project, relative to the workspace, with forward slashes: `apps/user-service`
 * @param {(path: string) => boolean} exists whether the workspace has a file or folder of this path
 * @returns {Record<string, TargetConfiguration>} by name
 */
export function inferTargets(root, exists) {
  const has = (/** @type {string} */ path) => exists(`${root}/${path}`);
  return {
    ...(root.startsWith("apps/") && has("src/main.ts") ? appTargets(root, exists) : {}),
    ...(root.startsWith("libs/")
      ? { pack: inWorkspace(`node tools/pack/src/main.ts ${root}`, "Packs it for projects outside, in dist/") }
      : {}),
    ...(has("tsconfig.json") ? { typecheck: inProject("tsc --project .", "Checks the types") } : {}),
    // All that a project of stubs holds is generated.
    ...(has("tsconfig.json") && !root.startsWith("libs/stubs/") ? { lint } : {}),
    ...(has("vitest.config.ts") ? { test: inProject("vitest run", "Runs the tests beside the sources") } : {}),
    ...(has("vitest.long.config.ts")
      ? { "test-long": inProject("vitest run --config vitest.long.config.ts", "Runs tests that take minutes") }
      : {}),
  };
}

/** @type {TargetConfiguration} */
const lint = {
  executor: "nx:run-commands",
  options: {
    commands: ["oxlint --type-aware --deny-warnings {projectRoot}", "prettier --check --log-level warn {projectRoot}"],
    parallel: false,
  },
  metadata: { description: "Finds mistakes that the compiler lets pass, and files that are not formatted" },
};

/**
 * @param {string} root
 * @param {(path: string) => boolean} exists
 * @returns {Record<string, TargetConfiguration>}
 */
function appTargets(root, exists) {
  const app = posix.basename(root);
  const migrates = exists(`${root}/src/migrate.ts`);
  const manifests = `k8s/${app}`;
  return {
    serve: {
      ...inWorkspace(`node tools/dev/src/serve.ts ${app}`, "Serves with etcd and a database; restarts on change"),
      continuous: true,
    },
    build: inWorkspace(`node tools/build/src/bundle.ts ${root}`, "Bundles each program into one file, in dist/"),
    container: inWorkspace(`node tools/build/src/container.ts ${root}`, "Makes the image, by docker or buildah"),
    ...(migrates
      ? { migrate: inWorkspace(`node tools/dev/src/migrate.ts ${app}`, "Brings the development database up to date") }
      : {}),
    ...(exists(manifests)
      ? {
          deploy: {
            ...inWorkspace(`node tools/deploy/src/main.ts ${app}`, "Applies the manifests and waits for the rollout"),
            inputs: ["image", "^shipped", "deployment", `{workspaceRoot}/${manifests}/**/*`],
          },
        }
      : {}),
  };
}

/**
 * @param {string} command
 * @param {string} description
 * @returns {TargetConfiguration}
 */
function inProject(command, description) {
  return { command, options: { cwd: "{projectRoot}" }, metadata: { description } };
}

/**
 * @param {string} command
 * @param {string} description
 * @returns {TargetConfiguration}
 */
function inWorkspace(command, description) {
  return { command, metadata: { description } };
}
