import { parsePlPgSQLSync, parseSync } from "libpg-query";
import { foreignKeys, isNode, listOf, nameOf, namesOfWith, quoted, texts, type Node } from "./sql-tree.ts";

/** What SQL does with tables; names in lower case as PostgreSQL folds them, with their schema unless it is public. */
export interface SqlTables {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Tables and views that are created, with the tables that their foreign keys point to. */
  readonly creates: ReadonlyMap<string, readonly string[]>;
  /** Foreign keys that are added to tables later. */
  readonly alters: ReadonlyMap<string, readonly string[]>;
  /** The kinds of its statements: `SelectStmt`, `TransactionStmt`. */
  readonly statements: readonly string[];
  /** BEGIN, COMMIT, ROLLBACK and their like. */
  readonly transaction: readonly string[];
  /** Bodies of functions in languages other than SQL and PL/pgSQL. */
  readonly foreignBodies: number;
}

/**
 * Reads SQL with PostgreSQL's own grammar; bodies of functions in SQL and PL/pgSQL included.
 *
 * @throws what the parser says of text that is not SQL of PostgreSQL
 */
export function sqlTables(text: string): SqlTables {
  const found = new Reader();
  found.script(text);
  return found;
}

class Reader implements SqlTables {
  readonly #reads = new Set<string>();
  readonly #writes = new Set<string>();
  readonly creates = new Map<string, string[]>();
  readonly alters = new Map<string, string[]>();
  readonly statements: string[] = [];
  readonly transaction: string[] = [];
  foreignBodies = 0;

  get reads(): readonly string[] {
    return [...this.#reads];
  }

  get writes(): readonly string[] {
    return [...this.#writes];
  }

  script(text: string): void {
    for (const { stmt } of parseSync(text).stmts ?? []) {
      if (!isNode(stmt)) continue;
      this.statements.push(...Object.keys(stmt));
      this.#node(stmt, new Set(namesOfWith(stmt)));
    }
  }

  #node(node: Node, withNames: ReadonlySet<string>): void {
    for (const [key, value] of Object.entries(node)) {
      if (key === "CreateFunctionStmt" && isNode(value)) this.#createFunction(value);
      else if (key === "TransactionStmt" && isNode(value)) this.transaction.push(String(value["kind"]));
      else if (key === "RangeVar" && isNode(value)) this.#read(value, withNames);
      else if (isNode(value)) this.#inside(key, value, withNames);
      else if (Array.isArray(value)) this.#list(value, withNames);
    }
  }

  #list(list: readonly unknown[], withNames: ReadonlySet<string>): void {
    for (const item of list) if (isNode(item)) this.#node(item, withNames);
  }

  #inside(kind: string, node: Node, withNames: ReadonlySet<string>): void {
    const relation = nameOf(node["relation"]);
    const { relation: _, ...others } = node;
    if (kind === "InsertStmt" || kind === "UpdateStmt" || kind === "DeleteStmt" || kind === "MergeStmt") {
      if (relation !== undefined) this.#writes.add(relation);
      this.#node(others, withNames);
    } else if (kind === "TruncateStmt") {
      for (const item of listOf(node["relations"])) this.#write(item["RangeVar"]);
    } else if (kind === "LockStmt") this.#list(listOf(node["relations"]), withNames);
    else if (kind === "CopyStmt") {
      if (relation !== undefined) (node["is_from"] === true ? this.#writes : this.#reads).add(relation);
      this.#node(others, withNames);
    } else if (kind === "CreateStmt") {
      if (relation !== undefined) this.creates.set(relation, foreignKeys(node));
    } else if (kind === "ViewStmt") {
      const view = nameOf(node["view"]);
      if (view !== undefined) this.creates.set(view, []);
      this.#node({ query: node["query"] }, withNames);
    } else if (kind === "CreateTableAsStmt") {
      const into = isNode(node["into"]) ? nameOf(node["into"]["rel"]) : undefined;
      if (into !== undefined) this.creates.set(into, []);
      this.#node({ query: node["query"] }, withNames);
    } else if (kind === "AlterTableStmt") {
      const keys = foreignKeys(node);
      if (relation !== undefined && keys.length > 0)
        this.alters.set(relation, [...(this.alters.get(relation) ?? []), ...keys]);
    } else if (kind === "IndexStmt" || kind === "CreateTrigStmt" || kind === "RuleStmt" || kind === "DropStmt") {
      // They speak of a table without reading or writing it.
    } else this.#node(node, new Set([...withNames, ...namesOfWith({ [kind]: node })]));
  }

  #read(range: Node, withNames: ReadonlySet<string>): void {
    const name = nameOf(range);
    const system = range["schemaname"] === "information_schema" || range["schemaname"] === "pg_catalog";
    if (name === undefined || system || name.startsWith("pg_")) return;
    if (!(range["schemaname"] === undefined && withNames.has(name))) this.#reads.add(name);
  }

  #write(range: unknown): void {
    const name = nameOf(range);
    if (name !== undefined) this.#writes.add(name);
  }

  #createFunction(node: Node): void {
    const options = new Map(
      listOf(node["options"]).flatMap((option) => {
        const definition = option["DefElem"];
        return isNode(definition) ? [[String(definition["defname"]), definition["arg"]] as const] : [];
      }),
    );
    const language = texts(options.get("language"))[0]?.toLowerCase();
    const body = texts(options.get("as"))[0];
    if (body === undefined) return;
    if (language === "sql") this.script(body);
    else if (language === "plpgsql")
      this.#plpgsql(`create function f() returns trigger language plpgsql as ${quoted(body)}`);
    else this.foreignBodies++;
  }

  /** PL/pgSQL comes as a tree in which every piece of SQL is a text under `query`. */
  #plpgsql(text: string): void {
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) for (const item of value) visit(item);
      else if (isNode(value)) {
        for (const [key, inner] of Object.entries(value)) {
          if (key === "query" && typeof inner === "string") this.#piece(inner);
          else visit(inner);
        }
      }
    };
    visit(parsePlPgSQLSync(text));
  }

  /** A statement, or an expression such as a condition, which is none by itself. */
  #piece(text: string): void {
    try {
      this.script(text);
    } catch {
      try {
        this.script(`select ${text.replace(/^\s*\S+\s*:=/, "")}`);
      } catch {
        this.foreignBodies++;
      }
    }
  }
}
