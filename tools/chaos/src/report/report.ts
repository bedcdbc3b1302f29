import type { CallerRowResult } from "../callers/caller-row.ts";
import { formatCallerTable } from "../callers/caller-table.ts";
import type { RowResult } from "../row.ts";
import { formatTable } from "./table.ts";
import { describeVersions } from "./versions.ts";

/** The results in Markdown: what they were measured on, a table for each kind of row, and what does not fit into them. */
export function formatReport(results: readonly RowResult[], callerResults: readonly CallerRowResult[] = []): string {
  const all = [...results, ...callerResults];
  const etcd = all.find(({ etcdVersion }) => etcdVersion !== "")?.etcdVersion ?? "that did not start";
  const remarks = all.flatMap(({ title, remarks }) => remarks.map((remark) => `- ${title}: ${remark}`));
  const broken = all.flatMap(({ title, violations }) => violations.map((words) => `- BROKEN, ${title}: ${words}`));
  const sections = [
    describeVersions(etcd),
    results.length > 0 ? formatTable(results) : "",
    callerResults.length > 0 ? formatCallerTable(callerResults) : "",
    [...remarks, ...broken].join("\n"),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}
