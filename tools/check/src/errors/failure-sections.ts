import type { Workspace } from "../workspace.ts";
import { code, table } from "./markdown.ts";
import { errorTable, failureTable, statusName, tableIn, valuesOf } from "./tables.ts";

/** What callers are told of failures. */
export function failureSection(workspace: Workspace): string {
  const rows = [...tableIn(workspace, errorTable, "failures")].map(([kind, { cells }]) => [
    code(kind),
    statusName(cells["code"] ?? ""),
    cells["advice"] ?? "",
    `\`<dependency> ${cells["sentence"]}\``,
    kind === "unavailable" ? "RetryInfo: how long to wait" : "",
  ]);
  const text = `Two more come from where a call never reaches a domain: RESOURCE_EXHAUSTED with RetryInfo when an instance
has too many calls (retry elsewhere), and INTERNAL with the message \`internal error\` for a defect (give up).`;
  return `## Failures\n\n${table(["kind", "status", "advice", "message", "details"], rows)}\n\n${text}`;
}

/** Which causes make a failure of which kind. */
export function causeSection(workspace: Workspace): string {
  const meanings = valuesOf(workspace, failureTable, "FailureMeaning");
  const kinds = [...tableIn(workspace, failureTable, "kinds")].map(([meaning, { cells }]) => [
    code(meaning),
    meanings.get(meaning) ?? "",
    cells["none"] ?? "",
    cells["some"] ?? "",
  ]);
  const rows = (path: string, name: string, heading: (key: string) => string): string[][] =>
    [...tableIn(workspace, path, name)].map(([key, { cells, comment }]) => [
      heading(key),
      code(cells["value"] ?? ""),
      comment,
    ]);
  const causes = [
    ...rows(failureTable, "sqlStates", (key) => `SQLSTATE ${key.length < 5 ? `${key}…` : key}`),
    ...rows(failureTable, "networkErrors", (key) => `network: ${key}`),
    ...rows(errorTable, "statuses", (key) => `neighbour: ${statusName(key)}`),
  ];
  return `## What makes a failure of which kind

${table(["meaning", "what it tells", "where nothing can have changed", "where something can"], kinds)}

etcd never fails a call: without it the last known instances are called, and where none is known the call is UNAVAILABLE.

${table(["cause", "meaning", ""], causes)}

Any other SQLSTATE and any other status of a neighbour is \`refused\`, any other network error \`broken off\`.`;
}
