import type { Report } from "../report.ts";
import { at, places, type Section } from "./section.ts";

export function tables({ tables }: Report): Section {
  const users = (table: Report["tables"][number], access: "read" | "write"): string => {
    const uses = table.access.filter((use) => use.access === access);
    return places(uses, (index) => `${uses[index]?.module ?? ""} `);
  };
  return {
    title: "Tables",
    about:
      "Who reads and who writes each table. Its owner is, of the modules that write it, the one it is named for, else the one that writes it most. Tables that more than one module uses come first.",
    none: "No table was seen.",
    columns: ["table", "shared", "owner", "read by", "written by", "foreign keys to", "declared"],
    rows: [...tables]
      .sort((a, b) => Number(b.shared) - Number(a.shared))
      .map((table) => [
        table.name,
        table.shared ? "yes" : "",
        table.owner === undefined ? "" : `${table.owner}\n(${table.ownedBy ?? ""})`,
        users(table, "read"),
        users(table, "write"),
        table.references.join(", "),
        places(table.declared) || "not in the sources",
      ]),
  };
}

export function statements({ statements }: Report): Section {
  return {
    title: "Statements across owners",
    about: "One statement, or call of an ORM, that touches tables of several owners: no cut leaves it whole.",
    none: "Every statement keeps to the tables of one owner.",
    columns: ["where", "module", "tables"],
    rows: statements.map((one) => [
      at(one),
      one.module,
      one.tables.map(({ name, owner }) => `${name} (${owner})`).join(", "),
    ]),
  };
}

export function state({ sharedState }: Report): Section {
  return {
    title: "State shared in memory",
    about: "Variables and objects that change and that more than one module uses: apart, each process has its own.",
    none: "No module shares state with another.",
    columns: ["state", "where", "in", "used by"],
    rows: sharedState.map((one) => [
      one.name,
      at(one),
      one.module,
      places(one.users, (index) => `${one.users[index]?.module ?? ""} ${one.users[index]?.how ?? ""} `),
    ]),
  };
}

export function transactions({ transactions }: Report): Section {
  return {
    title: "Transactions across modules",
    about:
      "Transactions in which another module is called, another process is waited for, or a table of another owner is written.",
    none: "Every transaction keeps to its module.",
    columns: ["where", "module", "how it begins", "what it reaches"],
    rows: transactions.map((one) => [
      at(one),
      one.module,
      one.by,
      places(one.reaches, (index) => {
        const reached = one.reaches[index];
        if (reached === undefined) return "";
        const way = reached.through.length > 0 ? ` through ${reached.through.join(" → ")}` : "";
        return `${reached.kind} ${reached.target} of ${reached.module}${way} `;
      }),
    ]),
  };
}
