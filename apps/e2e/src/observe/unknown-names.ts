import type { Exposed } from "./exposition.ts";
import { namesIn } from "./promql.ts";

/** What Prometheus itself puts on everything that it scrapes. */
const ofTheTarget = new Set(["job", "instance"]);
/** What it tells of each target by itself. */
const ofPrometheus = new Set(["up"]);

/** What a query asks for and nobody tells, a sentence each: a metric, a label of it, or the value of a label. */
export function unknownNames(query: string, exposed: Exposed): string[] {
  const { selectors, grouping } = namesIn(query);
  const unknown: string[] = [];
  const labels = new Set(ofTheTarget);
  for (const { metric, matchers } of selectors) {
    const known = exposed.get(metric);
    if (known === undefined) {
      if (!ofPrometheus.has(metric)) unknown.push(`there is no metric ${metric}`);
      continue;
    }
    for (const name of known.keys()) labels.add(name);
    for (const { label, operator, value } of matchers) {
      if (ofTheTarget.has(label)) continue;
      const values = known.get(label);
      const isLiteral = (operator === "=" || operator === "!=") && value !== "";
      if (values === undefined) unknown.push(`${metric} has no label ${label}`);
      else if (isLiteral && !values.has(value)) unknown.push(`${metric} has no ${label}="${value}"`);
    }
  }
  for (const label of grouping) if (!labels.has(label)) unknown.push(`no metric of the query has a label ${label}`);
  return unknown;
}
