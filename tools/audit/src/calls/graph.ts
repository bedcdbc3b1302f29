import ts from "typescript";
import type { Project } from "../project/open.ts";
import { calleesOf } from "./callee.ts";
import { entryDecorator, routeHandlers } from "./entry-points.ts";
import { createFunctions, isOwnFunction, type Call, type Func } from "./functions.ts";
import { httpTarget } from "./http.ts";
import { findImplementations, type Implementations } from "./implementations.ts";
import { clientService, served } from "./rpc.ts";

/** Where a node stands. */
export interface Position {
  readonly func: Func;
  readonly inLoop: boolean;
}

/** Looks at each node of the audited files, parents before children. */
export type Visitor = (node: ts.Node, position: Position) => void;

/** Who calls whom. */
export interface CallGraph {
  readonly functions: readonly Func[];
  readonly calls: readonly Call[];
  readonly implementations: Implementations;
  /** Modules by the contract that they serve. */
  readonly services: ReadonlyMap<string, string>;
  /** Handlers of requests, with how they are known to be. */
  readonly entryPoints: ReadonlyMap<Func, string>;
}

/** Methods that call what they are given for each item. */
const eachItem = new Set(["map", "forEach", "flatMap", "filter", "reduce", "some", "every", "find", "mapAsync"]);

/** Reads all calls in one pass over the files, in which `visitors` take part. */
export function readCalls(project: Project, visitors: readonly Visitor[], onFile: (done: number) => void): CallGraph {
  const implementations = findImplementations(project);
  const functions = createFunctions(project);
  const calls: Call[] = [];
  const services = new Map<string, string>();
  const handlers = new Map<string, Func>();
  const entryPoints = new Map<Func, string>();
  const rpcs: { readonly call: ts.CallExpression; readonly position: Position; readonly rpc: Rpc }[] = [];

  const add = (call: Call): void => {
    calls.push(call);
    call.from.calls.push(call);
  };

  const readCall = (node: ts.CallExpression, position: Position): void => {
    const at = { ...project.place(node), node, from: position.func, inLoop: position.inLoop };
    const callees = calleesOf(project, node.expression, implementations);
    if (callees.length > 0)
      add({ ...at, kind: "call", handedOver: false, targets: callees.map((callee) => functions.of(callee)) });
    // A method that is known is no client's: those are of a package, which is not read.
    const rpc = callees.length === 0 ? rpcOf(project, node, implementations) : undefined;
    if (rpc !== undefined) rpcs.push({ call: node, position, rpc });
    const http = rpc === undefined && callees.length === 0 ? httpTarget(project, node) : undefined;
    if (http !== undefined) add({ ...at, kind: "http", handedOver: false, target: http, targets: [] });
    for (const argument of node.arguments) {
      if (!ts.isIdentifier(argument) && !ts.isPropertyAccessExpression(argument)) continue;
      const given = calleesOf(project, argument, implementations);
      if (given.length > 0)
        add({ ...at, kind: "call", handedOver: true, targets: given.map((callee) => functions.of(callee)) });
    }
    const serving = served(project, node, implementations);
    for (const [name, handler] of serving?.handlers ?? []) {
      const func = functions.of(handler);
      handlers.set(`${serving?.service}.${name}`, func);
      entryPoints.set(func, `${serving?.service}.${name}`);
      services.set(serving?.service ?? "", func.module);
    }
    if (serving?.handlers.size === 0) services.set(serving.service, position.func.module);
    for (const handler of routeHandlers(project, node, implementations))
      entryPoints.set(functions.of(handler), oneArgument(node));
  };

  const visit = (node: ts.Node, position: Position): void => {
    let inside = position;
    if (isOwnFunction(node)) {
      inside = { func: functions.of(node), inLoop: false };
      const decorator = ts.isMethodDeclaration(node) ? entryDecorator(node) : undefined;
      if (decorator !== undefined) entryPoints.set(inside.func, decorator);
    } else if (isRepeated(node)) inside = { ...position, inLoop: true };
    if (ts.isCallExpression(node)) readCall(node, inside);
    for (const visitor of visitors) visitor(node, inside);
    ts.forEachChild(node, (child) => {
      visit(child, inside);
    });
  };
  project.files.forEach((source, index) => {
    visit(source, { func: functions.of(source), inLoop: false });
    onFile(index + 1);
  });

  // Only now: who serves a contract may have been read after who calls it.
  for (const { call, position, rpc } of rpcs) {
    const { service, method } = rpc;
    const handler = handlers.get(`${service}.${method}`);
    add({
      ...project.place(call),
      node: call,
      from: position.func,
      inLoop: position.inLoop,
      handedOver: false,
      kind: "rpc",
      service,
      method,
      targets: handler === undefined ? [] : [handler],
    });
  }
  return { functions: [...functions.all()], calls, implementations, services, entryPoints };
}

interface Rpc {
  readonly service: string;
  readonly method: string;
}

function rpcOf(project: Project, { expression }: ts.CallExpression, implementations: Implementations): Rpc | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const service = clientService(project, expression.expression, implementations);
  return service === undefined ? undefined : { service, method: expression.name.text };
}

/** Whether a node is run again and again: the body or condition of a loop, or a callback for each item. */
function isRepeated(node: ts.Node): boolean {
  const { parent } = node;
  if (isForEachItem(node)) return true;
  if (parent === undefined || !ts.isIterationStatement(parent, false)) return false;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return node === parent.statement;
  return !ts.isForStatement(parent) || node !== parent.initializer;
}

function isForEachItem(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.expression === node) return false;
  return ts.isPropertyAccessExpression(parent.expression) && eachItem.has(parent.expression.name.text);
}

function oneArgument(call: ts.CallExpression): string {
  const verb = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : "";
  const [path] = call.arguments;
  return `${verb} ${path !== undefined && ts.isStringLiteralLike(path) ? path.text : ""}`;
}
