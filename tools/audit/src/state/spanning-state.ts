import ts from "typescript";
import { symbolOf } from "../calls/callee.ts";
import type { Call, Func } from "../calls/functions.ts";
import type { CallGraph, Visitor } from "../calls/graph.ts";
import { outside, rest } from "../project/modules.ts";
import type { Project } from "../project/open.ts";
import type { SharedState } from "../report.ts";
import type { StateCandidate } from "./candidates.ts";
import { isChange } from "./containers.ts";

type User = SharedState["users"][number];

/** A place where a candidate is named. */
export interface Mention {
  readonly candidate: StateCandidate;
  readonly node: ts.Identifier;
  readonly func: Func;
}

/** Gathers the places where candidates are named. */
export function stateVisitor(project: Project, candidates: readonly StateCandidate[], mentions: Mention[]): Visitor {
  const byName = new Map<string, StateCandidate[]>();
  const byNode = new Map(candidates.map((candidate) => [candidate.node, candidate]));
  for (const candidate of candidates) {
    const last = candidate.name.split(".").at(-1) ?? candidate.name;
    byName.set(last, [...(byName.get(last) ?? []), candidate]);
  }
  return (node, { func }) => {
    if (!ts.isIdentifier(node) || !byName.has(node.text) || isDeclaring(node)) return;
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? unaliased(project, project.checker.getShorthandAssignmentValueSymbol(node.parent))
      : symbolOf(project, node);
    for (const declaration of symbol?.declarations ?? []) {
      const candidate = byNode.get(declaration);
      if (candidate !== undefined) mentions.push({ candidate, node, func });
    }
  };
}

function unaliased({ checker }: Project, symbol: ts.Symbol | undefined): ts.Symbol | undefined {
  if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  return checker.getAliasedSymbol(symbol);
}

function isDeclaring(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isExportSpecifier(parent) ||
    (ts.isVariableDeclaration(parent) && parent.name === node) ||
    (ts.isPropertyDeclaration(parent) && parent.name === node) ||
    (ts.isClassDeclaration(parent) && parent.name === node) ||
    ts.isTypeReferenceNode(parent) ||
    ts.isTypeQueryNode(parent)
  );
}

/**
 * The state that more than one module uses, so that each would have its own once they are apart.
 *
 * A module uses what its code names, what it is handed, and what the functions beside the variable do for it. State
 * that a domain module keeps behind its functions is its own: it goes where the module goes. It is shared when others
 * get at the variable itself. A library, and what is outside of the modules, goes along into every process: there it is
 * shared as soon as two modules use it in any way. What nothing changes is no state.
 */
export function sharedState(
  project: Project,
  graph: CallGraph,
  candidates: readonly StateCandidate[],
  mentions: readonly Mention[],
  domains: ReadonlySet<string>,
): SharedState[] {
  const callsByTarget = new Map<ts.Node, Call[]>();
  for (const call of graph.calls) {
    for (const { node } of call.targets) {
      const known = callsByTarget.get(node);
      if (known === undefined) callsByTarget.set(node, [call]);
      else known.push(call);
    }
  }
  const callsByNode = Map.groupBy(graph.calls, ({ node }) => node);
  const byCandidate = Map.groupBy(mentions, ({ candidate }) => candidate);
  const classes = graph.functions.filter(({ node }) => ts.isClassLike(node.parent));
  return candidates.flatMap((candidate) => {
    const named = byCandidate.get(candidate) ?? [];
    if (!changes(candidate, named)) return [];
    const direct: User[] = [];
    const through: User[] = [];
    for (const { node, func } of named) {
      const receivers = handedTo(node, callsByNode);
      for (const module of receivers) direct.push(user(project, node, module, "is handed it"));
      const counts = candidate.global && !ts.isClassDeclaration(candidate.node) && receivers.length === 0;
      if (counts) direct.push(user(project, node, func.module, isChange(node) ? "changes it" : "reads it"));
      if (candidate.global && func.node.getSourceFile() === candidate.node.getSourceFile())
        through.push(...throughCalls(project, func.node, func.name, callsByTarget));
    }
    if (ts.isClassDeclaration(candidate.node))
      for (const { node, name } of classes)
        if (node.parent === candidate.node) through.push(...throughCalls(project, node, name, callsByTarget));
    return shared(project, candidate, direct, through, domains);
  });
}

function shared(
  project: Project,
  candidate: StateCandidate,
  direct: readonly User[],
  through: readonly User[],
  domains: ReadonlySet<string>,
): SharedState[] {
  const owner = candidate.module;
  const owned = domains.has(owner);
  const users = (owned ? direct : [...direct, ...through]).filter(({ module }) => domains.has(module));
  const modules = new Set(users.map(({ module }) => module));
  const isShared = owned
    ? candidate.making === "stateful" && !candidate.global
      ? modules.has(owner) && modules.size > 1
      : [...modules].some((module) => module !== owner)
    : modules.size > 1;
  if (!isShared || owner === outside) return [];
  const kind = candidate.making === "stateful" || candidate.making === "cache" ? "object" : "variable";
  return [{ ...project.place(candidate.node), name: candidate.name, module: owner, kind, users: firstOfEach(users) }];
}

/** A `let` that is assigned once, a table of constants: no state. What keeps its own state changes by itself. */
function changes({ making }: StateCandidate, named: readonly Mention[]): boolean {
  return making === "stateful" || making === "cache" || named.some(({ node }) => isChange(node));
}

/** The modules whose functions or constructors a value is an argument of, in an object written there or by itself. */
function handedTo(node: ts.Identifier, callsByNode: ReadonlyMap<ts.Node, readonly Call[]>): string[] {
  let at: ts.Node = node;
  while (
    ts.isPropertyAssignment(at.parent) ||
    ts.isShorthandPropertyAssignment(at.parent) ||
    ts.isObjectLiteralExpression(at.parent)
  )
    at = at.parent;
  const { parent } = at;
  if (!ts.isCallExpression(parent) || parent.expression === at) return [];
  const targets = (callsByNode.get(parent) ?? [])
    .filter(({ handedOver }) => !handedOver)
    .flatMap(({ targets }) => targets);
  return [...new Set(targets.map(({ module }) => module))].filter((module) => module !== rest && module !== outside);
}

function throughCalls(
  project: Project,
  accessor: ts.Node,
  name: string,
  callsByTarget: ReadonlyMap<ts.Node, readonly Call[]>,
): User[] {
  return (callsByTarget.get(accessor) ?? []).map((call) => user(project, call.node, call.from.module, `calls ${name}`));
}

function user(project: Project, node: ts.Node, module: string, how: string): User {
  return { ...project.place(node), module, how };
}

/** One place for each module and way. */
function firstOfEach(users: readonly User[]): User[] {
  return [...new Map(users.toReversed().map((user) => [`${user.module} ${user.how}`, user])).values()].toReversed();
}
