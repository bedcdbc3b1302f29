import {
  fromJson,
  toJson,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type JsonObject,
  type JsonValue,
} from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";

/**
 * Calls a method that is known by its description alone, with a request of JSON.
 *
 * @returns all answers, one for a unary method
 */
export async function call(transport: Transport, method: DescMethod, request: JsonObject): Promise<JsonValue[]> {
  const input = fromJson(method.input, request);
  if (isUnary(method)) {
    const { message } = await transport.unary(method, undefined, undefined, undefined, input);
    return [toJson(method.output, message)];
  }
  if (isServerStreaming(method)) {
    const { message } = await transport.stream(method, undefined, undefined, undefined, only(input));
    return Array.fromAsync(message, (answer) => toJson(method.output, answer));
  }
  throw new Error(`${method.name} streams requests: no contract does`);
}

export function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === "unary";
}

export function isServerStreaming(method: DescMethod): method is DescMethodServerStreaming {
  return method.methodKind === "server_streaming";
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}
