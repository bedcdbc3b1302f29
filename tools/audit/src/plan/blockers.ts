import { rest } from "../project/modules.ts";
import type { Candidate, Place, Report } from "../report.ts";

/** What a plan is made of. */
export type Facts = Omit<Report, "plan" | "version">;

/** Tables that tie a module to others: its own that they touch, and theirs that it touches. */
export function tablesAcross(module: string, { tables }: Facts) {
  const used = (table: Facts["tables"][number]): string[] =>
    table.access.map((access) => access.module).filter((name) => name !== rest);
  return {
    shared: tables.filter((table) => table.owner === module && used(table).some((user) => user !== module)),
    foreign: tables.filter(
      (table) => table.owner !== undefined && table.owner !== module && used(table).includes(module),
    ),
  };
}

/** Foreign keys between a table of the module and one of another, by the place of the table that has them. */
export function keysAcross(module: string, { tables }: Facts): (Place & { readonly what: string })[] {
  const owners = new Map(tables.map(({ name, owner }) => [name, owner]));
  return tables.flatMap(({ name, owner, references, declared: [place] }) =>
    references.flatMap((target) => {
      const other = owners.get(target);
      const across =
        owner !== other && owner !== undefined && other !== undefined && (owner === module || other === module);
      return across && place !== undefined
        ? [{ file: place.file, line: place.line, what: `foreign key from ${name} (${owner}) to ${target} (${other})` }]
        : [];
    }),
  );
}

export function stateOf(module: string, { sharedState }: Facts): Facts["sharedState"] {
  return sharedState.filter((state) => state.module === module || state.users.some((user) => user.module === module));
}

export function transactionsOf(module: string, { transactions }: Facts): Facts["transactions"] {
  return transactions.filter(
    (one) => one.module === module || one.reaches.some((reached) => reached.module === module),
  );
}

export function blockersOf(module: string, facts: Facts): Candidate["blockers"] {
  const { shared, foreign } = tablesAcross(module, facts);
  const access = (table: Facts["tables"][number], wanted: (module: string) => boolean, what: string) =>
    table.access
      .filter((use) => use.module !== rest && wanted(use.module))
      .map((use) => ({
        file: use.file,
        line: use.line,
        what: `${use.module} ${use.access}s table ${table.name}${what}`,
      }));
  return [
    ...transactionsOf(module, facts).flatMap(({ module: home, by, reaches }) =>
      reaches
        .filter((reached) => home === module || reached.module === module)
        .map((reached) => ({
          file: reached.file,
          line: reached.line,
          what: `a transaction of ${home}, ${by}, reaches ${reached.target} of ${reached.module}`,
        })),
    ),
    ...stateOf(module, facts).map(({ file, line, name, users }) => ({
      file,
      line,
      what: `${name} in memory is used by ${[...new Set(users.map((user) => user.module))].join(", ")}`,
    })),
    ...shared.flatMap((table) => access(table, (user) => user !== module, "")),
    ...foreign.flatMap((table) => access(table, (user) => user === module, ` of ${table.owner ?? ""}`)),
    ...keysAcross(module, facts),
    ...facts.cycles
      .filter(({ modules }) => modules.includes(module))
      .flatMap(({ modules, steps: [step] }) =>
        step === undefined ? [] : [{ file: step.file, line: step.line, what: `cycle of ${modules.join(", ")}` }],
      ),
  ];
}
