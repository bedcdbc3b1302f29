import { posix } from "node:path";
import { checkCompositionRoot } from "./composition-root.ts";
import { globalUsesOf } from "./globals.ts";
import { checkMigrations } from "./migrations.ts";
import { checkModules, checkSameRooms } from "./same-rooms.ts";
import { importsOf, packageOf } from "./source.ts";
import type { Violation } from "./violation.ts";
import { isProduction, typescriptBelow, type Workspace } from "./workspace.ts";

/** What a room must not import, and a sentence that says where it lives instead. */
interface Door {
  readonly closedTo: RegExp;
  readonly because: string;
}

const transport: Door = {
  closedTo: /^(@connectrpc\/.*|@grpc\/.*|@banyan\/(rpc|registry)|(node:)?(http|https|http2|net|tls))$/,
  because: "transport lives in src/rpc and src/clients",
};
const stubs: Door = {
  closedTo: /^(@banyan\/stubs-.*|@bufbuild\/protobuf)$/,
  because: "messages are translated in src/rpc and src/clients",
};
const sql: Door = {
  closedTo: /^(pg|pg-.*|node-pg-migrate|kysely|postgres|node:sqlite|@banyan\/postgres)$/,
  because: "SQL lives in src/storage",
};
const clock: Door = { closedTo: /^(node:)?perf_hooks$/, because: "the clock is handed in by src/main.ts" };

interface Room {
  readonly packages: readonly Door[];
  /** Rooms and files of the same app that it must not import. */
  readonly neighbours: RegExp;
}

const rooms: ReadonlyMap<string, Room> = new Map([
  ["domain", { packages: [transport, stubs, sql, clock], neighbours: /^(rpc|storage|clients|config|metrics|main)$/ }],
  ["rpc", { packages: [sql], neighbours: /^(storage|clients|config|main)$/ }],
  ["storage", { packages: [transport, stubs], neighbours: /^(rpc|clients|config|main)$/ }],
  ["clients", { packages: [sql], neighbours: /^(rpc|storage|config|main)$/ }],
]);

/** Judges what each room of each app imports and uses; e2e is no service and has no rooms. */
export function checkRooms(workspace: Workspace): Violation[] {
  const apps = workspace.projects.filter(({ root }) => root.startsWith("apps/") && root !== "apps/e2e");
  return apps.flatMap(({ root }) => [
    ...typescriptBelow(workspace, `${root}/src`).flatMap((path) => checkDoors(workspace, path)),
    ...checkCompositionRoot(workspace, root),
    ...checkMigrations(workspace, root),
    ...(root.endsWith("-service") ? checkSameRooms(workspace, root) : checkModules(workspace, root)),
  ]);
}

/** `apps/x/src/domain/order.ts` -> domain, at any depth: the monolith has each room three times. */
function roomOf(path: string): string | undefined {
  return /\/src\/(?:.*\/)?(domain|rpc|storage|clients)\//.exec(path)?.[1];
}

/** The room of a file, or its own name where it stands in src: `apps/x/src/config.ts` -> config. */
function placeOf(path: string): string | undefined {
  return roomOf(path) ?? /\/src\/([^/]+)\.ts$/.exec(path)?.[1];
}

function checkDoors(workspace: Workspace, path: string): Violation[] {
  const name = roomOf(path) ?? "";
  const room = rooms.get(name);
  if (room === undefined || !isProduction(path)) return [];
  const imports = importsOf(workspace.source(path)).flatMap(({ specifier, line }): Violation[] => {
    const because = specifier.startsWith(".")
      ? closedNeighbour(name, room, posix.join(posix.dirname(path), specifier))
      : room.packages.find(({ closedTo }) => closedTo.test(packageOf(specifier)))?.because;
    if (because === undefined) return [];
    return [{ path, line, rule: `rooms/${name}`, message: `${name} must not import ${specifier}: ${because}` }];
  });
  return name === "domain" ? [...imports, ...checkDomainGlobals(workspace, path)] : imports;
}

function closedNeighbour(name: string, room: Room, target: string): string | undefined {
  const place = placeOf(target);
  if (place === undefined || place === name || !room.neighbours.test(place)) return undefined;
  return `only src/main.ts joins ${name} and ${place}; what they say to each other is a port of src/domain`;
}

function checkDomainGlobals(workspace: Workspace, path: string): Violation[] {
  return globalUsesOf(workspace.source(path)).flatMap(({ kind, name, line }): Violation[] => {
    if (kind === "exit") return [];
    const because = kind === "clock" ? clock.because : "src/config.ts reads the environment, src/main.ts hands it in";
    return [{ path, line, rule: `rooms/${kind}`, message: `domain must not use ${name}: ${because}` }];
  });
}
