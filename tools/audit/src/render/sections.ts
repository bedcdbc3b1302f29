import type { Report } from "../report.ts";
import { history, hot, skipped, unread } from "./evidence-sections.ts";
import { calls, cycles, modules } from "./module-sections.ts";
import { candidate, plan } from "./plan-sections.ts";
import type { Section } from "./section.ts";
import { state, statements, tables, transactions } from "./table-sections.ts";

/** All of a report, in the order in which it is read. */
export function sectionsOf(report: Report): Section[] {
  return [
    plan(report),
    ...report.plan.map(candidate),
    modules(report),
    calls(report),
    tables(report),
    statements(report),
    state(report),
    transactions(report),
    cycles(report),
    ...(report.hot === undefined ? [] : [hot(report.hot)]),
    ...(report.history === undefined ? [] : history(report.history)),
    unread(report),
    skipped(report),
  ];
}
