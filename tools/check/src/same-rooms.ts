import type { Violation } from "./violation.ts";
import type { Workspace } from "./workspace.ts";

const everywhere = ["migrations/", "src/config.ts", "src/domain/", "src/main.ts", "src/rpc/", "src/storage/"];
const whereThereAreAny = ["src/clients/", "src/metrics.ts", "src/migrate.ts", "src/testing/"];

/** Judges that a service has the rooms of every other one: who knows one of them knows all. */
export function checkSameRooms(workspace: Workspace, root: string): Violation[] {
  const found = new Set<string>();
  for (const path of workspace.paths) {
    if (!path.startsWith(`${root}/`)) continue;
    const piece = /^(migrations\/|src\/[^/]+\/?)/.exec(path.slice(root.length + 1))?.[0];
    if (piece !== undefined && !piece.endsWith(".test.ts")) found.add(piece);
  }
  const missing = everywhere.filter((piece) => !found.has(piece));
  const strange = [...found].filter((piece) => !everywhere.includes(piece) && !whereThereAreAny.includes(piece));
  const rooms = [...everywhere, ...whereThereAreAny].join(", ");
  return [
    ...missing.map((piece) => violation(`${root}/${piece}`, "is missing: every service has the same rooms")),
    ...strange.map((piece) => violation(`${root}/${piece}`, `is no room of a service; they are ${rooms}`)),
  ];
}

const ofModules = ["domain/", "module.ts", "rpc/", "storage/"];
const ofModulesWhereThereAreAny = ["clients/", "testing/"];

/**
 * Judges an app of several domains: each folder of src that has a domain is a module, and has the rooms that a service
 * has, and one file that puts them together. An app without modules is not judged.
 */
export function checkModules(workspace: Workspace, root: string): Violation[] {
  const files = workspace.paths.filter((path) => path.startsWith(`${root}/src/`) && !path.endsWith(".test.ts"));
  const modules = new Set(files.flatMap((path) => /^.*?\/src\/[^/]+(?=\/domain\/)/.exec(path)?.[0] ?? []));
  return [...modules].flatMap((module) => {
    const inside = files.filter((path) => path.startsWith(`${module}/`)).map((path) => path.slice(module.length + 1));
    const found = new Set(inside.map((path) => /^[^/]+\/?/.exec(path)?.[0] ?? path));
    const missing = ofModules.filter((piece) => !found.has(piece));
    const rooms = [...ofModules, ...ofModulesWhereThereAreAny];
    const strange = [...found].filter((piece) => !rooms.includes(piece));
    return [
      ...missing.map((piece) => violation(`${module}/${piece}`, "is missing: every module has the same rooms")),
      ...strange.map((piece) =>
        violation(`${module}/${piece}`, `is no room of a module; they are ${rooms.join(", ")}`),
      ),
    ];
  });
}

function violation(path: string, message: string): Violation {
  return { path, rule: "rooms/same", message };
}
