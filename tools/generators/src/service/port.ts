import type { Tree } from "@nx/devkit";

const first = 50051;
/** Private ports begin 1000 above the first. */
const last = 51050;

/**
 * The port after the highest one that an app of the workspace has by default.
 *
 * @throws when there is none left below the private ports
 */
export function nextPort(tree: Tree): number {
  const taken = tree.children("apps").flatMap((app) => {
    const config = tree.read(`apps/${app}/src/config.ts`, "utf8") ?? "";
    return [...config.matchAll(/\bserverEnvironment\(\{ port: (\d+) \}\)/g)].map(([, port]) => Number(port));
  });
  const port = Math.max(first - 1, ...taken) + 1;
  if (port > last) throw new Error(`no port is left for another service: those from ${first} to ${last} are taken`);
  return port;
}
