import type { Violation } from "./violation.ts";
import type { Workspace } from "./workspace.ts";

const everywhere = ["migrations/", "src/config.ts", "src/domain/", "src/main.ts", "src/rpc/", "src/storage/"];
const whereThereAreAny = ["src/clients/", "src/metrics.ts", "src/testing/"];

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

function violation(path: string, message: string): Violation {
  return { path, rule: "rooms/same", message };
}
