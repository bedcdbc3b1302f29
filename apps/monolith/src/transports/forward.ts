import type {
  DescMessage,
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, type HandlerContext, type Transport } from "@connectrpc/connect";
import { withoutHop } from "./hop-headers.ts";

/**
 * Adds a service to a router whose every method, of every shape, is answered by `transport`.
 *
 * Headers and trailers go through in both directions, but for those of one hop; errors keep code, message, details and
 * metadata; the transport is told how much of the caller's deadline is left, and when the caller has gone.
 */
export function forward(router: ConnectRouter, service: DescService, transport: Transport): void {
  for (const method of service.methods) {
    if (isUnary(method)) {
      router.rpc(method, (request, context) => forwardUnary(transport, method, request, context));
    } else if (isServerStreaming(method)) {
      router.rpc(method, (request, context) => forwardStream(transport, method, once(request), context));
    } else if (isClientStreaming(method)) {
      router.rpc(method, (requests, context) => onlyOf(forwardStream(transport, method, requests, context)));
    } else if (isBiDiStreaming(method)) {
      router.rpc(method, (requests, context) => forwardStream(transport, method, requests, context));
    } else throw new Error(`${service.typeName}/${method.name} has a shape that nobody knows: ${method.methodKind}`);
  }
}

type AnyMessage = MessageShape<DescMessage>;
type AnyAnswer = MessageInitShape<DescMessage>;

async function forwardUnary(
  transport: Transport,
  method: DescMethodUnary,
  request: AnyMessage,
  context: HandlerContext,
): Promise<AnyAnswer> {
  try {
    const header = withoutHop(context.requestHeader);
    const response = await transport.unary(method, context.signal, timeLeft(context), header, request, context.values);
    copy(response.header, context.responseHeader);
    copy(response.trailer, context.responseTrailer);
    return response.message;
  } catch (error) {
    throw passedOn(error);
  }
}

async function* forwardStream(
  transport: Transport,
  method: DescMethodStreaming,
  requests: AsyncIterable<AnyMessage>,
  context: HandlerContext,
): AsyncGenerator<AnyAnswer, void, undefined> {
  try {
    const header = withoutHop(context.requestHeader);
    const response = await transport.stream(
      method,
      context.signal,
      timeLeft(context),
      header,
      requests,
      context.values,
    );
    copy(response.header, context.responseHeader);
    yield* response.message;
    copy(response.trailer, context.responseTrailer);
  } catch (error) {
    throw passedOn(error);
  }
}

/** To a transport, 0 and less is no deadline at all. */
function timeLeft(context: HandlerContext): number | undefined {
  const timeoutMs = context.timeoutMs();
  return timeoutMs === undefined ? undefined : Math.max(1, timeoutMs);
}

function copy(from: Headers, to: Headers): void {
  for (const [name, value] of withoutHop(from)) to.append(name, value);
}

/** A ConnectError without what its metadata say of the hop that it came over; anything else is a defect, and stays what it is. */
function passedOn(error: unknown): unknown {
  if (!(error instanceof ConnectError)) return error;
  const same = new ConnectError(error.rawMessage, error.code, withoutHop(error.metadata), undefined, error);
  same.details = error.details;
  return same;
}

async function* once(message: AnyMessage): AsyncGenerator<AnyMessage, void, undefined> {
  yield message;
}

async function onlyOf(answers: AsyncIterable<AnyAnswer>): Promise<AnyAnswer> {
  const all = await Array.fromAsync(answers);
  const [only] = all;
  if (only === undefined || all.length > 1) {
    throw new ConnectError(`expected one answer, got ${all.length}`, Code.Unimplemented);
  }
  return only;
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === "unary";
}

function isServerStreaming(method: DescMethod): method is DescMethodServerStreaming {
  return method.methodKind === "server_streaming";
}

function isClientStreaming(method: DescMethod): method is DescMethodClientStreaming {
  return method.methodKind === "client_streaming";
}

function isBiDiStreaming(method: DescMethod): method is DescMethodBiDiStreaming {
  return method.methodKind === "bidi_streaming";
}
