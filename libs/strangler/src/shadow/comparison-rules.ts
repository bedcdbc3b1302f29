import type { TrafficRule } from "../rule/traffic-rule.ts";

/** What of a method's answers is compared how. Paths are dotted names of fields; what is in a list or map has the path of it. */
export interface ComparisonRules {
  ignores(path: string): boolean;
  isUnordered(path: string): boolean;
  /** How far apart two numbers may be; 0 for not at all. */
  toleranceOf(path: string): number;
}

/** The rules for a method: those that name it, and those that name none. */
export function comparisonRules(
  { ignore, unordered, tolerances }: Pick<TrafficRule["shadow"], "ignore" | "unordered" | "tolerances">,
  method: string,
): ComparisonRules {
  const ignored = new Set(ignore.flatMap((path) => pathFor(method, path)));
  const withoutOrder = new Set(unordered.flatMap((path) => pathFor(method, path)));
  const tolerated = new Map(
    Object.entries(tolerances).flatMap(([path, tolerance]) =>
      pathFor(method, path).map((own): [string, number] => [own, tolerance]),
    ),
  );
  return {
    ignores: (path) => ignored.has(path),
    isUnordered: (path) => withoutOrder.has(path),
    toleranceOf: (path) => tolerated.get(path) ?? 0,
  };
}

/** `GetOrder/order.placed_at` is about GetOrder alone, `order.placed_at` about every method. */
function pathFor(method: string, written: string): string[] {
  const slash = written.indexOf("/");
  if (slash < 0) return [written];
  return written.slice(0, slash) === method ? [written.slice(slash + 1)] : [];
}
