import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { ConnectError, type CallOptions, type Client } from "@connectrpc/connect";
import type { ScriptedCase, StreamShape } from "./conformance-case.ts";
import {
  ScriptedRequestSchema,
  type ScriptedRequest,
  type ScriptedResponse,
  type ScriptedService,
} from "./gen/conformance/v1/conformance_pb.ts";

export interface Outcome {
  readonly header: Headers;
  readonly trailer: Headers;
  readonly responses: readonly ScriptedResponse[];
  readonly failure: ConnectError | undefined;
  readonly requests: readonly ScriptedRequest[];
  /** How many of them were sent before the call was over. */
  readonly sent: number;
}

/** What every call of the suite says of itself, twice. */
export const requestHeader = { name: "x-conformance-test", values: ["Value1", "Value2"] };

/** How long the requests behind one that is too large are held back, in milliseconds, for the server to say no first. */
const holdMs = 8000;

/** A scripted call, or one of its shape alone. */
export type Call = Pick<ScriptedCase, "stream"> & Partial<ScriptedCase>;

/** Makes the call as the case says. @param limitBytes the largest message that the server takes */
export async function play(client: Client<typeof ScriptedService>, call: Call, limitBytes = 0): Promise<Outcome> {
  const requests = requestsOf(call, limitBytes);
  const [header, trailer] = [new Headers(), new Headers()];
  const responses: ScriptedResponse[] = [];
  const cancel = new AbortController();
  const over = new AbortController();
  const turns = requests.map(() => Promise.withResolvers<void>());
  let sent = 0;
  const closed = (): void => {
    if (call.cancel === "5 ms after close-send") setTimeout(() => cancel.abort(), 5);
  };

  async function* sending(): AsyncGenerator<MessageInitShape<typeof ScriptedRequestSchema>> {
    for (const [index, request] of requests.entries()) {
      sent++;
      yield request;
      if ((call.beyondLimit?.[index] ?? 0) > 0) await hold(over.signal);
      if (call.stream === "full-duplex") await turns[index]?.promise;
    }
    if (call.cancel === "before close-send") cancel.abort();
    closed();
  }

  const headers = new Headers();
  for (const value of requestHeader.values) headers.append(requestHeader.name, value);
  const options: CallOptions = {
    headers,
    signal: cancel.signal,
    onHeader: (fields) => copy(fields, header),
    onTrailer: (fields) => copy(fields, trailer),
    ...(call.timeoutMs !== undefined && { timeoutMs: call.timeoutMs }),
  };
  const [first = create(ScriptedRequestSchema)] = requests;
  const answers = async (): Promise<void> => {
    switch (call.stream) {
      case "unary":
        closed();
        responses.push(await client[call.method ?? "unary"](first, options));
        return;
      case "client-stream":
        responses.push(await client.clientStream(sending(), options));
        return;
      case "server-stream":
      case "half-duplex":
      case "full-duplex": {
        if (call.stream === "server-stream") closed();
        const stream =
          call.stream === "server-stream" ? client.serverStream(first, options) : client.bidiStream(sending(), options);
        for await (const response of stream) {
          responses.push(response);
          turns[responses.length - 1]?.resolve();
          if (call.cancel === "after the first response") cancel.abort();
        }
        return;
      }
      default:
        call.stream satisfies never;
    }
  };
  const [result] = await Promise.allSettled([answers()]);
  const sentByThen = sent;
  over.abort();
  for (const { resolve } of turns) resolve();
  const failure = result.status === "rejected" ? ConnectError.from(result.reason) : undefined;
  return { header, trailer, responses, failure, requests, sent: sentByThen };
}

/** What one script says, then data; each as large as the case wants it. */
function requestsOf({ stream, script, requests = 1, beyondLimit }: Call, limitBytes: number): ScriptedRequest[] {
  return Array.from({ length: requests }, (_, index) => {
    const data = new TextEncoder().encode(index === 0 ? "" : `request ${index}`);
    const request = create(ScriptedRequestSchema, { ...(index === 0 && script && { script }), data });
    const beyond = beyondLimit?.[index];
    return beyond === undefined ? request : padded(request, limitBytes + beyond, stream);
  });
}

/** The request, with as much data as makes it so large in binary. */
function padded(request: ScriptedRequest, bytes: number, stream: StreamShape): ScriptedRequest {
  for (let length = bytes; length > 0; length--) {
    request.data = new Uint8Array(length);
    if (toBinary(ScriptedRequestSchema, request).length === bytes) return request;
  }
  throw new RangeError(`${stream}: no request has ${bytes} bytes`);
}

async function hold(over: AbortSignal): Promise<void> {
  await sleep(holdMs, undefined, { signal: over }).catch((error: unknown) => {
    if (!over.aborted) throw error;
  });
}

function copy(from: Headers, to: Headers): void {
  for (const [name, value] of from) to.append(name, value);
}
