import type { SpanningStatement, TableReport } from "../report.ts";
import { rest } from "../project/modules.ts";
import type { TableUse } from "./facts.ts";

/** Statements that touch tables of more than one owner. */
export function spanningStatements(uses: readonly TableUse[], tables: readonly TableReport[]): SpanningStatement[] {
  const owners = new Map(tables.flatMap(({ name, owner }) => (owner === undefined ? [] : [[name, owner] as const])));
  return uses.flatMap(({ file, line, func, reads, writes }) => {
    const owned = [...new Set([...reads, ...writes])].flatMap((name) => {
      const owner = owners.get(name);
      return owner === undefined ? [] : [{ name, owner }];
    });
    const spans = new Set(owned.map(({ owner }) => owner)).size > 1 && func.module !== rest;
    return spans ? [{ file, line, module: func.module, tables: owned }] : [];
  });
}
