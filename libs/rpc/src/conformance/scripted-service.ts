import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import {
  SeenSchema,
  type Failure,
  type Field,
  type Script,
  type ScriptedRequest,
  type ScriptedResponseSchema,
  type ScriptedService,
} from "./gen/conformance/v1/conformance_pb.ts";

/** Where a reference server that does not obey timeouts tells which one was asked for, in milliseconds. */
export const unobeyedTimeout = "x-unobeyed-timeout";

type Response = MessageInitShape<typeof ScriptedResponseSchema>;
type Methods = ServiceImpl<typeof ScriptedService>;

/** Does what the first request of a call says, and tells what it has seen, as the conformance suite's servers do. */
export const scriptedService: Omit<Methods, "unimplemented"> = {
  unary: (request, context) => answerOnce([request], context),
  idempotentUnary: (request, context) => answerOnce([request], context),
  async clientStream(requests, context) {
    return answerOnce(await Array.fromAsync(requests), context);
  },
  async *serverStream(request, context) {
    yield* answerAll([request], context);
  },
  async *bidiStream(requests, context) {
    const unread = requests[Symbol.asyncIterator]();
    const { value: first, done = false } = await unread.next();
    if (done || first === undefined) return;
    if (first.script?.fullDuplex === true) yield* answerInTurns(first, unread, context);
    else yield* answerAll([first, ...(await Array.fromAsync({ [Symbol.asyncIterator]: () => unread }))], context);
  },
};

async function answerOnce(requests: readonly ScriptedRequest[], context: HandlerContext): Promise<Response> {
  const script = requests[0]?.script;
  setMetadata(script, context);
  await pause(script, context);
  const seen = seenOf(requests, context);
  if (script?.failure !== undefined) throw failureOf(script.failure, seen);
  return { seen, ...(script?.responses[0] !== undefined && { data: script.responses[0] }) };
}

async function* answerAll(requests: readonly ScriptedRequest[], context: HandlerContext): AsyncGenerator<Response> {
  const script = requests[0]?.script;
  setMetadata(script, context);
  const seen = seenOf(requests, context);
  const responses = script?.responses ?? [];
  for (const [index, data] of responses.entries()) {
    await pause(script, context);
    yield index === 0 ? { data, seen } : { data };
  }
  if (script?.failure !== undefined) throw failureOf(script.failure, responses.length === 0 ? seen : undefined);
}

async function* answerInTurns(
  first: ScriptedRequest,
  unread: AsyncIterator<ScriptedRequest>,
  context: HandlerContext,
): AsyncGenerator<Response> {
  const { script } = first;
  setMetadata(script, context);
  const responses = [...(script?.responses ?? [])];
  let last: ScriptedRequest | undefined = first;
  let turns = 0;
  for (; last !== undefined; turns++) {
    const data = responses.shift();
    if (data === undefined) break;
    await pause(script, context);
    yield { data, seen: turns === 0 ? seenOf([last], context) : { requests: [last] } };
    const next = await unread.next();
    last = next.done === true ? undefined : next.value;
  }
  for (const data of responses) {
    await pause(script, context);
    yield { data };
  }
  if (script?.failure !== undefined) {
    throw failureOf(script.failure, turns === 0 ? seenOf([first], context) : undefined);
  }
}

function setMetadata(script: Script | undefined, { responseHeader, responseTrailer }: HandlerContext): void {
  for (const [target, fields] of [
    [responseHeader, script?.headers ?? []],
    [responseTrailer, script?.trailers ?? []],
  ] as const) {
    for (const { name, values } of fields) for (const value of values) target.append(name, value);
  }
}

/** Ends with the call, whatever the script says. */
async function pause(script: Script | undefined, { signal }: HandlerContext): Promise<void> {
  if (script !== undefined && script.delayMs > 0) await sleep(script.delayMs, undefined, { signal });
}

function seenOf(requests: readonly ScriptedRequest[], context: HandlerContext) {
  const unobeyed = context.requestHeader.get(unobeyedTimeout);
  const timeoutMs = unobeyed === null ? context.timeoutMs() : Number(unobeyed);
  return {
    headers: [...context.requestHeader].map(fieldOf),
    requests: [...requests],
    query: [...new URL(context.url).searchParams].map(fieldOf),
    ...(timeoutMs !== undefined && { timeoutMs: BigInt(Math.ceil(timeoutMs)) }),
  } satisfies MessageInitShape<typeof SeenSchema>;
}

function fieldOf([name, value]: readonly [string, string]): Pick<Field, "name" | "values"> {
  return { name, values: [value] };
}

function failureOf({ code, message }: Failure, seen: MessageInitShape<typeof SeenSchema> | undefined): ConnectError {
  const known = Object.values(Code).find((one): one is Code => Number(one) === code);
  const details = seen === undefined ? [] : [{ desc: SeenSchema, value: create(SeenSchema, seen) }];
  return new ConnectError(message, known, undefined, details);
}
