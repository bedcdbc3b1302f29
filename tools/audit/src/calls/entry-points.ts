import ts from "typescript";
import type { Project } from "../project/open.ts";
import { calleesOf } from "./callee.ts";
import type { Implementations } from "./implementations.ts";

const decorators = new Set(
  [
    "Get Post Put Patch Delete All Sse Head",
    "Query Mutation Subscription ResolveField",
    "MessagePattern EventPattern GrpcMethod SubscribeMessage",
    "Cron Interval Process OnEvent OnQueueEvent",
  ].flatMap((words) => words.split(" ")),
);
const verbs = new Set(["get", "post", "put", "patch", "delete", "all"]);

/** How a method says that requests end in it: `@Get(…)`; undefined when it does not. */
export function entryDecorator(method: ts.MethodDeclaration): string | undefined {
  for (const decorator of ts.getDecorators(method) ?? []) {
    const { expression } = decorator;
    const name = ts.isCallExpression(expression) ? expression.expression : expression;
    if (ts.isIdentifier(name) && decorators.has(name.text)) return `@${name.text}`;
  }
  return undefined;
}

/** The handlers that `app.get("/orders", …)` is given by name, as Express, Fastify and Hono have it; none for other calls. */
export function routeHandlers(project: Project, call: ts.CallExpression, implementations: Implementations): ts.Node[] {
  const { expression, arguments: given } = call;
  const [path, ...handlers] = given;
  if (!ts.isPropertyAccessExpression(expression) || !verbs.has(expression.name.text)) return [];
  if (path === undefined || !ts.isStringLiteralLike(path) || !path.text.startsWith("/")) return [];
  return handlers.flatMap((handler) => calleesOf(project, handler, implementations));
}
