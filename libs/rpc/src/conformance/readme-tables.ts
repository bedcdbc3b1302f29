import type { Row, Verdict } from "./conformance-case.ts";
import type { Feature } from "./features.ts";

/** The table of what calls can be made with. */
export function featureTable(features: Readonly<Record<string, readonly Feature[]>>): string {
  const lines = Object.entries(features).flatMap(([axis, all]) =>
    all.map(({ name, server, client }) => [axis, name, wordOf(server), wordOf(client)]),
  );
  return table(["of a call", "", "server", "client"], lines);
}

/** The table of what the suite has cases for; one line is one row. */
export function rowTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.suite,
    row.feature,
    String(row.cases.length),
    confinesOf(row),
    wordOf(row.server),
    wordOf(row.client),
  ]);
  return table(["suite", "feature", "cases", "only", "server", "client"], lines);
}

function confinesOf({ suite, protocols = [], only = {} }: Row): string {
  const told = protocols.filter((protocol) => !suite.startsWith(protocol));
  return [...told, ...Object.values(only)].join(", ");
}

function wordOf(verdict: Verdict): string {
  if (verdict === "none") return "";
  return verdict === "yes" ? "yes" : `no: ${verdict.no}`;
}

/** Columns as wide as their widest cell, as the formatter of this repository has them. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const written = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...lines].map(written).join("\n");
}
