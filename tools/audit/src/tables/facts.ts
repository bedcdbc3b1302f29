import type ts from "typescript";
import type { Func } from "../calls/functions.ts";
import type { NotUnderstood, Place, TableSource } from "../report.ts";

/** A statement, or a call of an ORM, that reads or writes tables. */
export interface TableUse extends Place {
  readonly node: ts.Node;
  readonly func: Func;
  readonly by: TableSource;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Where a table is declared: CREATE TABLE, a model, an entity. */
export interface Declared extends Place {
  readonly table: string;
  readonly by: TableSource;
  readonly references: readonly string[];
}

/** What the readers of tables gather. */
export interface TableFacts {
  readonly uses: TableUse[];
  readonly declared: Declared[];
  readonly notUnderstood: NotUnderstood[];
}
