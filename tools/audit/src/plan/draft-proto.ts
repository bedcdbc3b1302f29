import ts from "typescript";
import type { Func } from "../calls/functions.ts";
import { foreignModules } from "../calls/edges.ts";
import type { CallGraph } from "../calls/graph.ts";
import { rest } from "../project/modules.ts";
import type { Project } from "../project/open.ts";
import type { Candidate, ModuleReport } from "../report.ts";
import { pascal, ProtoTypes, snake, typeArguments } from "./proto-types.ts";

const streams = new Set(["AsyncIterable", "AsyncGenerator", "AsyncIterableIterator"]);

/**
 * The contract that a module would need: an RPC for each of its functions that another module calls, in the words of
 * their types. A draft: which of the RPCs read only, how errors are told, and what goes to a page, is for a person.
 */
export function draftContract(
  project: Project,
  graph: CallGraph,
  module: ModuleReport,
  remotable: ReadonlySet<Func>,
): Candidate["contract"] {
  const called = new Set<Func>();
  for (const call of graph.calls) {
    if (call.kind !== "call" || call.handedOver || !foreignModules(call).includes(module.name)) continue;
    if (call.from.module === rest) continue;
    for (const target of call.targets) if (target.module === module.name && remotable.has(target)) called.add(target);
  }
  if (called.size === 0) {
    if (module.serves.length > 0) return { kind: "existing", services: module.serves };
    return { kind: "none", why: "no other module calls what would be an RPC" };
  }
  const types = new ProtoTypes(project.checker);
  const name = pascal(module.name.split("/").at(-1) ?? module.name) || "Module";
  const rpcs: string[] = [];
  const taken = new Set<string>();
  for (const func of [...called].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { node } = func;
    if (!ts.isFunctionLike(node)) continue;
    const rpc = unused(pascal(func.name.split(".").at(-1) ?? func.name), pascal(func.name), taken);
    types.message(
      `${rpc}Request`,
      node.parameters.map((parameter, index) => ({
        name: ts.isIdentifier(parameter.name) ? parameter.name.text : `argument${index + 1}`,
        type: project.checker.getTypeAtLocation(parameter),
        optional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
      })),
    );
    const { type, stream } = answerOf(project, node);
    types.message(`${rpc}Response`, type === undefined ? [] : [{ name: "result", type }]);
    const { file, line } = func.place;
    rpcs.push(
      `  // ${func.name}, ${file}:${line}\n  rpc ${rpc}(${rpc}Request) returns (${stream ? "stream " : ""}${rpc}Response);\n`,
    );
  }
  const imports = [...types.imports].sort().map((path) => `import "${path}";\n`);
  const proto = [
    `syntax = "proto3";\n\npackage ${snake(name)}.v1;\n`,
    ...(imports.length > 0 ? [imports.join("")] : []),
    `service ${name}Service {\n${rpcs.join("")}}\n`,
    ...types.blocks,
  ].join("\n");
  return { kind: "draft", proto, rpcs: rpcs.length, unmapped: [...new Set(types.unmapped)] };
}

function unused(name: string, longer: string, taken: Set<string>): string {
  let free = taken.has(name) ? longer : name;
  for (let count = 2; taken.has(free); count++) free = `${longer}${count}`;
  taken.add(free);
  return free;
}

/** What a function comes to: without its promise, or item by item. */
function answerOf({ checker }: Project, node: ts.SignatureDeclaration): { type: ts.Type | undefined; stream: boolean } {
  const signature = checker.getSignatureFromDeclaration(node);
  if (signature === undefined) return { type: undefined, stream: false };
  const whole = checker.getReturnTypeOfSignature(signature);
  const stream = streams.has(whole.symbol?.name ?? "");
  const type = stream ? typeArguments(checker, whole)[0] : checker.getAwaitedType(whole);
  const nothing =
    type === undefined || (type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined | ts.TypeFlags.Never)) !== 0;
  return { type: nothing ? undefined : type, stream };
}
