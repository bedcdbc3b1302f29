import { equals, toJsonString } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectError } from "@connectrpc/connect";
import type { AnswerCase, Failure, Metadata, ScriptedCase } from "./conformance-case.ts";
import {
  ScriptedRequestSchema,
  SeenSchema,
  type ScriptedRequest,
  type Seen,
} from "./gen/conformance/v1/conformance_pb.ts";
import { requestHeader, type Outcome } from "./play.ts";

/** What the suite would find wrong with the outcome of a call that has followed its script; nothing is found when it is right. */
export function problemsOfScripted(played: ScriptedCase, outcome: Outcome): string[] {
  const { script, instead } = played;
  const { failure, responses } = outcome;
  const expectsFailure = instead ?? script?.failure;
  const wanted = (script?.responses ?? []).map(text).slice(0, instead && (instead.responses ?? 0));
  const isSingle = played.stream === "unary" || played.stream === "client-stream";
  const count = isSingle ? (expectsFailure === undefined ? 1 : 0) : wanted.length;
  const problems = [
    ...problemsOfFailure(expectsFailure, failure),
    ...differs(
      "responses",
      responses.map(({ data }) => text(data)),
      fill(wanted, count),
    ),
    ...problemsOfSending(played, outcome),
  ];
  if (instead !== undefined) return problems;
  return [
    ...problems,
    ...problemsOfMetadata("header", script?.headers ?? [], [outcome.header, failure?.metadata]),
    ...problemsOfMetadata("trailer", script?.trailers ?? [], [outcome.trailer, failure?.metadata]),
    ...problemsOfSeen(played, outcome),
  ];
}

/** The same of a call that was answered as it is told. */
export function problemsOfAnswered({ expected }: AnswerCase, outcome: Outcome): string[] {
  const fields = (values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).map(([name, value]) => ({ name, values: value.split(", ") }));
  const details = outcome.failure?.findDetails(FileDescriptorProtoSchema).map(({ name }) => name);
  return [
    ...problemsOfFailure(expected.failure, outcome.failure),
    ...differs(
      "responses",
      outcome.responses.map(({ data }) => text(data)),
      expected.responses ?? [],
    ),
    ...problemsOfMetadata("header", fields(expected.headers), [outcome.header, outcome.failure?.metadata]),
    ...problemsOfMetadata("trailer", fields(expected.trailers), [outcome.trailer, outcome.failure?.metadata]),
    ...(expected.failure?.detail === true ? differs("details", details, ["test.proto"]) : []),
  ];
}

function problemsOfFailure(expected: Failure | undefined, failure: ConnectError | undefined): string[] {
  if (expected === undefined) return failure === undefined ? [] : [`failed: ${failure.message}`];
  if (failure === undefined) return ["did not fail"];
  const codes: readonly Code[] = typeof expected.code === "number" ? [expected.code] : expected.code;
  return [
    ...(codes.includes(failure.code) ? [] : [`failed with ${failure.message}, not ${codes.map(nameOf).join(" or ")}`]),
    ...(expected.message === undefined ? [] : differs("message", failure.rawMessage, expected.message)),
  ];
}

const nameOf = (code: Code): string => Code[code];

/** Of an error the suite takes what is told in its metadata for either of both. */
function problemsOfMetadata(
  what: string,
  expected: readonly Metadata[],
  told: readonly (Headers | undefined)[],
): string[] {
  return expected.flatMap(({ name, values }) => {
    const joined = values.join(", ");
    if (told.some((headers) => headers?.get(name) === joined)) return [];
    return [`${what} ${name}: expected ${joined}, got ${told.map((headers) => headers?.get(name)).join(" and ")}`];
  });
}

/** Of a call that is refused for a size, the requests behind it stay where they are. */
function problemsOfSending({ beyondLimit = [] }: ScriptedCase, { sent }: Outcome): string[] {
  const tooLarge = beyondLimit.findIndex((beyond) => beyond > 0);
  if (tooLarge === -1 || sent <= tooLarge + 1) return [];
  return [`refused after ${sent} requests, not after ${tooLarge + 1}`];
}

/** What the server has seen is told by the first response, and of turns by each; of no response, by the error. */
function problemsOfSeen(played: ScriptedCase, { responses, failure, requests }: Outcome): string[] {
  const [inError] = failure?.findDetails(SeenSchema) ?? [];
  const isInTurns = played.script?.fullDuplex === true;
  const seen = responses.length === 0 ? inError : responses[0]?.seen;
  if (seen === undefined) {
    const isSilent = failure === undefined && responses.length === 0;
    return isSilent ? [] : ["nothing is told of what the server has seen"];
  }
  const inTurns = responses.slice(1).flatMap((response) => response.seen?.requests ?? []);
  return [
    ...problemsOfRequests(isInTurns ? [...seen.requests, ...inTurns] : seen.requests, requests),
    ...problemsOfMetadata("request header", [requestHeader], [headersOf(seen)]),
    ...problemsOfTimeout(played.timeoutMs, seen.timeoutMs),
    ...(played.method === "idempotentUnary" && seen.query.length === 0 ? ["was not made by GET"] : []),
  ];
}

function headersOf({ headers }: Seen): Headers {
  return new Headers(headers.flatMap(({ name, values }) => values.map((value): [string, string] => [name, value])));
}

function problemsOfRequests(seen: readonly ScriptedRequest[], sent: readonly ScriptedRequest[]): string[] {
  const isSame = seen.length === sent.length && sent.every((request, index) => isRequest(request, seen[index]));
  if (isSame) return [];
  return [`requests: the server has seen ${seen.map((one) => toJsonString(ScriptedRequestSchema, one)).join()}`];
}

function isRequest(request: ScriptedRequest, other: ScriptedRequest | undefined): boolean {
  return other !== undefined && equals(ScriptedRequestSchema, request, other);
}

/** The suite wants the timeout as it was set, less the way. */
function problemsOfTimeout(set: number | undefined, told: bigint | undefined): string[] {
  if (set === undefined) return told === undefined ? [] : [`a timeout of ${told} ms that nobody has set`];
  const isTold = told !== undefined && told > 0n && told <= BigInt(set);
  return isTold ? [] : [`timeout: expected up to ${set} ms, got ${told}`];
}

function fill(texts: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, index) => texts[index] ?? "");
}

function text(data: Uint8Array | undefined): string {
  return new TextDecoder().decode(data);
}

function differs(what: string, got: unknown, expected: unknown): string[] {
  const [told, wanted] = [JSON.stringify(got), JSON.stringify(expected)];
  return told === wanted ? [] : [`${what}: expected ${wanted}, got ${told}`];
}
