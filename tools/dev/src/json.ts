/** The value at a path of keys inside a decoded JSON value; undefined where the path leads nowhere. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== "object" || inner === null) return undefined;
    inner = new Map<string, unknown>(Object.entries(inner)).get(key);
  }
  return inner;
}

/** The text at a path of keys; undefined where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const inner = valueAt(value, ...path);
  return typeof inner === "string" ? inner : undefined;
}

/** Decodes JSON; undefined when it is none. */
export function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
