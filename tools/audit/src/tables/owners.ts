import type { TableAccess, TableReport } from "../report.ts";
import { outside, rest } from "../project/modules.ts";
import type { TableFacts, TableUse } from "./facts.ts";

/** The tables of a project, each with its owner: sorted by name. */
export function assignTables(facts: TableFacts, moduleNames: readonly string[]): TableReport[] {
  const names = new Set([
    ...facts.declared.map(({ table }) => table),
    ...facts.uses.flatMap(({ reads, writes }) => [...reads, ...writes]),
  ]);
  return [...names].sort().map((name) => {
    const declared = facts.declared.filter(({ table }) => table === name);
    const access = facts.uses.flatMap((use) => accessOf(use, name));
    const users = new Set(access.map(({ module }) => module).filter((module) => module !== rest && module !== outside));
    return {
      name,
      ...ownerOf(name, access, moduleNames),
      declared: declared.map(({ file, line, by }) => ({ file, line, by })),
      access,
      shared: users.size > 1,
      references: [...new Set(declared.flatMap(({ references }) => references))].filter((other) => other !== name),
    };
  });
}

function accessOf({ file, line, by, func, reads, writes }: TableUse, table: string): TableAccess[] {
  const at = { file, line, by, module: func.module };
  return [
    ...(reads.includes(table) ? [{ ...at, access: "read" as const }] : []),
    ...(writes.includes(table) ? [{ ...at, access: "write" as const }] : []),
  ];
}

/** Of the modules that write it the one it is named for, else the one that writes it most; of those that read it, likewise. */
function ownerOf(
  table: string,
  access: readonly TableAccess[],
  moduleNames: readonly string[],
): { readonly owner: string; readonly ownedBy: string } | undefined {
  for (const kind of ["write", "read"] as const) {
    const counts = new Map<string, number>();
    for (const use of access)
      if (use.access === kind && moduleNames.includes(use.module))
        counts.set(use.module, (counts.get(use.module) ?? 0) + 1);
    const named = [...counts.keys()]
      .filter((module) => isNamedFor(table, module))
      .sort((a, b) => b.length - a.length)[0];
    if (named !== undefined) return { owner: named, ownedBy: `${kind}s it, and has its name` };
    const [most] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    if (most !== undefined)
      return { owner: most[0], ownedBy: counts.size === 1 ? `alone ${kind}s it` : `${kind}s it in most places` };
  }
  return undefined;
}

/** `order_lines` is named for `order`; `SymbolProfile` for `symbol-profile`. */
export function isNamedFor(table: string, module: string): boolean {
  const [words, own] = [stems(table.split(".").at(-1) ?? table), stems(module.split("/").at(-1) ?? module)];
  return own.length > 0 && own.every((word, index) => words[index] === word);
}

function stems(name: string): string[] {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) =>
      word
        .replace(/ies$/, "y")
        .replace(/(?<=(?:s|x|ch|sh))es$/, "")
        .replace(/(?<=[^s])s$/, ""),
    );
}
