import type { Report } from "../report.ts";

/** What an audit found, in a few lines. */
export function summary(report: Report): string {
  const domains = report.modules.filter(({ kind }) => kind === "domain").length;
  const shared = report.tables.filter((table) => table.shared).length;
  const order = report.plan.slice(0, 10).map(({ module, score }) => `${module} (${score})`);
  return [
    `${report.project}: ${report.size.files} files, ${report.size.lines} lines, ${report.modules.length} modules (${report.modulesBy})`,
    `${counted(domains, "module")} to take out, ${counted(shared, "table")} of ${report.tables.length} shared, ` +
      `${counted(report.sharedState.length, "state")} shared in memory, ` +
      `${counted(report.transactions.length, "transaction")} across modules, ${counted(report.cycles.length, "cycle")}`,
    `${counted(report.notUnderstood.length, "place")} not understood`,
    `order: ${order.join(", ") || "nothing to take out"}${report.plan.length > 10 ? ", …" : ""}`,
  ].join("\n");
}

/** `1 table`, `2 tables`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
