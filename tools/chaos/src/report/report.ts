import type { RowResult } from "../row.ts";
import { formatTable } from "./table.ts";
import { describeVersions } from "./versions.ts";

/** The results in Markdown: what they were measured on, the table, and what does not fit into it. */
export function formatReport(results: readonly RowResult[]): string {
  const etcd = results.find(({ etcdVersion }) => etcdVersion !== "")?.etcdVersion ?? "that did not start";
  const remarks = results.flatMap(({ title, remarks }) => remarks.map((remark) => `- ${title}: ${remark}`));
  const broken = results.flatMap(({ title, violations }) => violations.map((words) => `- BROKEN, ${title}: ${words}`));
  const sections = [describeVersions(etcd), formatTable(results), [...remarks, ...broken].join("\n")];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}
