import ts from "typescript";
import { calleesOf, symbolOf } from "../calls/callee.ts";
import type { Func } from "../calls/functions.ts";
import type { CallGraph, Visitor } from "../calls/graph.ts";
import type { Project } from "../project/open.ts";
import type { TransactionWord } from "../tables/sql.ts";

/** A stretch of code that runs in one transaction. */
export interface Region {
  readonly func: Func;
  /** Where it begins. */
  readonly node: ts.Node;
  /** How it was recognised. */
  readonly by: string;
  /** Positions in the file of `func`, [start, end). */
  readonly start: number;
  readonly end: number;
  /** Functions that it was handed by name. */
  readonly works: readonly ts.Node[];
}

/** A call that may begin a transaction, to be judged when all SQL is known. */
export interface Opener {
  readonly call: ts.CallExpression;
  readonly func: Func;
}

const name = /transaction/i;
/** What drivers and ORMs call it. Tools that observe have transactions too, `startBackgroundTransaction`: they are none. */
const ofDrivers = /^(\$|in|with|within|run|runIn|execute)?transaction(al)?$/i;
const starts = new Set(["startTransaction"]);
const ends = new Set(["commitTransaction", "rollbackTransaction"]);

/** Gathers calls with a name that speaks of a transaction, and methods with `@Transactional()`. */
export function transactionVisitor(openers: Opener[], decorated: Opener["func"][]): Visitor {
  return (node, { func }) => {
    if (ts.isCallExpression(node) && name.test(calledName(node))) openers.push({ call: node, func });
    else if (ts.isMethodDeclaration(node)) {
      const transactional = ts
        .getDecorators(node)
        ?.some(({ expression }) => /^Transactional\b/.test(expression.getText()));
      if (transactional === true) decorated.push(func);
    }
  };
}

/**
 * Finds the transactions: callbacks given to a function that runs them in one, lists given to Prisma's `$transaction`,
 * and what stands between BEGIN and COMMIT, or `startTransaction` and `commitTransaction`.
 *
 * A function of the project that only has the word in its name, `importTransactions(…)`, is none: it would have to say
 * BEGIN, or hand its callback on to one that does.
 */
export function findRegions(
  project: Project,
  graph: CallGraph,
  openers: readonly Opener[],
  decorated: readonly Func[],
  words: readonly TransactionWord[],
): Region[] {
  const regions: Region[] = [];
  const saying = new Set(words.map(({ func }) => func.node));
  const opening = new Map<ts.Node, Opener[]>();
  for (const opener of openers) opening.set(opener.func.node, [...(opening.get(opener.func.node) ?? []), opener]);

  const begins = (node: ts.Node, depth: number): boolean => {
    if (saying.has(node)) return true;
    if (depth > 4) return false;
    return (opening.get(node) ?? []).some(({ call }) => isTransaction(call, depth + 1));
  };
  const isTransaction = (call: ts.CallExpression, depth: number): boolean => {
    const callees = calleesOf(project, call.expression, graph.implementations);
    const read = callees.filter((callee) => project.isAudited(callee.getSourceFile()));
    return read.length === 0 ? ofDrivers.test(calledName(call)) : read.some((callee) => begins(callee, depth));
  };

  for (const { call, func } of openers) {
    const callbacks = call.arguments.flatMap((argument): ts.Node[] => {
      if (ts.isFunctionLike(argument) || ts.isArrayLiteralExpression(argument)) return [argument];
      return calledName(call) === "$transaction" ? listBehind(project, argument) : [];
    });
    const works = call.arguments.flatMap((argument) =>
      ts.isIdentifier(argument) || ts.isPropertyAccessExpression(argument)
        ? calleesOf(project, argument, graph.implementations)
        : [],
    );
    const lists = callbacks.some(ts.isArrayLiteralExpression) && calledName(call) !== "$transaction";
    if ((callbacks.length === 0 && works.length === 0) || lists || !isTransaction(call, 0)) continue;
    const [{ pos, end } = { pos: 0, end: 0 }] = callbacks;
    regions.push({ func, node: call, by: `${call.expression.getText()}(…)`, start: pos, end, works });
  }
  for (const func of decorated)
    regions.push({
      func,
      node: func.node,
      by: "@Transactional()",
      start: func.node.pos,
      end: func.node.end,
      works: [],
    });
  regions.push(...between(words, openers));
  return regions;
}

/** The list that Prisma is given by name: what the variable begins with; what is pushed to it later is not seen. */
function listBehind(project: Project, argument: ts.Expression): ts.Node[] {
  const declaration = symbolOf(project, argument)?.declarations?.find(ts.isVariableDeclaration);
  const value = declaration?.initializer;
  return value !== undefined && (ts.isArrayLiteralExpression(value) || ts.isCallExpression(value)) ? [value] : [];
}

/** What stands between the beginning and the last end of a transaction in one function. */
function between(words: readonly TransactionWord[], openers: readonly Opener[]): Region[] {
  const marks = new Map<Func, { begin?: ts.Node; end?: ts.Node; by: string }>();
  const mark = (func: Func, node: ts.Node, isBegin: boolean, by: string): void => {
    const known = marks.get(func) ?? { by };
    if (isBegin) marks.set(func, { ...known, begin: known.begin ?? node });
    else if (known.begin !== undefined) marks.set(func, { ...known, end: node });
  };
  for (const { func, node, kind } of words) {
    if (kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") mark(func, node, true, "BEGIN … COMMIT");
    else if (kind === "TRANS_STMT_COMMIT") mark(func, node, false, "BEGIN … COMMIT");
  }
  for (const { call, func } of openers) {
    const called = calledName(call);
    if (starts.has(called)) mark(func, call, true, "startTransaction … commitTransaction");
    else if (ends.has(called)) mark(func, call, false, "startTransaction … commitTransaction");
  }
  return [...marks].flatMap(([func, { begin, end, by }]) =>
    begin === undefined || end === undefined
      ? []
      : [{ func, node: begin, by, start: begin.end, end: end.pos, works: [] }],
  );
}

function calledName({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : "";
}
