/** A piece of the tree that PostgreSQL's parser makes: a record under the name of its kind. */
export type Node = Readonly<Record<string, unknown>>;

/** The names that `with` gives to queries of a statement: no tables. */
export function namesOfWith(statement: Node): string[] {
  return Object.values(statement).flatMap((body) => {
    const clause = isNode(body) ? body["withClause"] : undefined;
    return listOf(isNode(clause) ? clause["ctes"] : undefined).flatMap((item) => {
      const expression = item["CommonTableExpr"];
      return isNode(expression) ? [String(expression["ctename"])] : [];
    });
  });
}

/** The tables that the foreign keys in a definition point to. */
export function foreignKeys(node: Node): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isNode(value)) {
      const target = nameOf(value["pktable"]);
      if (target !== undefined) found.push(target);
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  visit(node);
  return [...new Set(found)];
}

/** The table that a RangeVar means, with its schema unless it is public. */
export function nameOf(range: unknown): string | undefined {
  if (!isNode(range) || typeof range["relname"] !== "string") return undefined;
  const schema = range["schemaname"];
  return typeof schema === "string" && schema !== "public" ? `${schema}.${range["relname"]}` : range["relname"];
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Every string in a piece of the tree. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isNode(value) ? Object.values(value).flatMap(texts) : [];
}

export function quoted(body: string): string {
  return `'${body.replaceAll("'", "''")}'`;
}
