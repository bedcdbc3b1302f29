import ts from "typescript";
import { outside, rest } from "../project/modules.ts";
import type { Project } from "../project/open.ts";
import type { CallSite, ModuleCalls } from "../report.ts";
import { symbolOf } from "./callee.ts";
import type { Visitor } from "./graph.ts";
import type { Call } from "./functions.ts";

const maxSites = 50;

/** A name that one module imports from another. */
export interface Import extends CallSite {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Gathers the imports across modules. */
export function importVisitor(project: Project, imports: Import[]): Visitor {
  return (node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return;
    if (node.moduleSpecifier === undefined || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const from = project.moduleOf(node);
    for (const { name, typeOnly } of namesIn(node)) {
      // Where a barrel passes it on, the module that declares it is meant.
      const declaration = symbolOf(project, name)?.declarations?.[0];
      const to = declaration === undefined ? undefined : project.moduleOf(declaration);
      if (to === undefined || to === from || to === outside) continue;
      const type = typeOnly || isType(declaration);
      imports.push({ ...project.place(name), kind: "import", target: name.text, from, to, typeOnly: type });
    }
  };
}

function namesIn(node: ts.ImportDeclaration | ts.ExportDeclaration): { name: ts.Identifier; typeOnly: boolean }[] {
  if (ts.isExportDeclaration(node)) {
    const elements =
      node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
    return elements.flatMap(({ name, isTypeOnly }) =>
      ts.isIdentifier(name) ? [{ name, typeOnly: isTypeOnly || node.isTypeOnly }] : [],
    );
  }
  const clause = node.importClause;
  if (clause === undefined) return [];
  const whole = clause.isTypeOnly;
  const bindings = clause.namedBindings;
  return [
    ...(clause.name === undefined ? [] : [{ name: clause.name, typeOnly: whole }]),
    ...(bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? [{ name: bindings.name, typeOnly: whole }]
        : bindings.elements.map(({ name, isTypeOnly }) => ({ name, typeOnly: whole || isTypeOnly }))),
  ];
}

function isType(declaration: ts.Declaration | undefined): boolean {
  return (
    declaration !== undefined && (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
  );
}

/** The modules that a call may end in, other than the caller's own. */
export function foreignModules(call: Call): string[] {
  const modules = new Set(call.targets.map(({ module }) => module));
  modules.delete(call.from.module);
  modules.delete(outside);
  return [...modules];
}

/** Calls and imports between modules, the most calls first. A function that is handed over counts where it is called. */
export function moduleCalls(calls: readonly Call[], imports: readonly Import[]): ModuleCalls[] {
  const found = new Map<
    string,
    { from: string; to: string; sites: CallSite[]; imported: CallSite[]; typeImports: number }
  >();
  const edge = (from: string, to: string) => {
    const key = `${from}\0${to}`;
    const known = found.get(key) ?? { from, to, sites: [], imported: [], typeImports: 0 };
    found.set(key, known);
    return known;
  };
  for (const call of calls) {
    if (call.handedOver || call.kind === "http") continue;
    for (const to of foreignModules(call)) {
      const target =
        call.kind === "rpc"
          ? `${call.service}.${call.method}`
          : (call.targets.find(({ module }) => module === to)?.name ?? "");
      const { file, line, kind } = call;
      edge(call.from.module, to).sites.push({
        file,
        line,
        kind,
        target,
        ...(call.inLoop ? { inLoop: true as const } : {}),
      });
    }
  }
  for (const { from, to, typeOnly, file, line, target } of imports) {
    if (typeOnly) edge(from, to).typeImports++;
    else edge(from, to).imported.push({ file, line, kind: "import", target });
  }
  return [...found.values()]
    .map(({ from, to, sites, imported, typeImports }) => ({
      from,
      to,
      calls: sites.filter(({ kind }) => kind === "call").length,
      rpcs: sites.filter(({ kind }) => kind === "rpc").length,
      imports: imported.length,
      typeImports,
      sites: [...sites, ...imported].slice(0, maxSites),
    }))
    .sort(
      (a, b) =>
        b.calls + b.rpcs - (a.calls + a.rpcs) ||
        b.imports - a.imports ||
        (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1),
    );
}

/** Whether an edge is more than types, and not of the composition root. */
export function isDependency({ from, to, calls, rpcs, imports }: ModuleCalls): boolean {
  return from !== rest && to !== rest && calls + rpcs + imports > 0;
}
