import { fromBinary } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { Protocol, RequestCase } from "./conformance-case.ts";
import { ScriptedResponseSchema } from "./gen/conformance/v1/conformance_pb.ts";
import type { RawResponse } from "./raw-call.ts";

/** What a raw response means, read by nobody's library. */
interface RawOutcome {
  /** 0 is success. */
  readonly code: number;
  readonly responses: readonly string[];
  /** What is not as the protocol has it, whatever it means. */
  readonly faults: readonly string[];
}

/** What the suite would find wrong with the answer of a server. */
export function problemsOfRaw(protocol: Protocol, { expected, headers }: RequestCase, answer: RawResponse): string[] {
  const { code, responses, faults } = outcomeOf(protocol, headers["content-type"] ?? "", answer);
  const wanted = expected.failure?.code ?? 0;
  const codes: readonly number[] = typeof wanted === "number" ? [wanted] : wanted;
  return [
    ...faults,
    ...(codes.includes(code) ? [] : [`code ${code}, not ${codes.join(" or ")}: ${answer.body.toString("latin1")}`]),
    ...(expected.status === undefined || expected.status === answer.status ? [] : [`HTTP status ${answer.status}`]),
    ...(expected.responses === undefined || String(responses) === String(expected.responses)
      ? []
      : [`responses: ${responses.join()}`]),
  ];
}

function outcomeOf(protocol: Protocol, requestType: string, answer: RawResponse): RawOutcome {
  const { headers, trailers, status, body } = answer;
  const type = headers["content-type"] ?? "";
  const trailing = protocol !== "gRPC" && Object.keys(trailers).length > 0 ? ["has HTTP trailers"] : [];
  if (protocol === "Connect" && status !== 200 && type === "application/json") {
    return { ...outcomeOfError(JSON.parse(body.toString())), responses: [] };
  }
  if (status !== 200) return { code: codeOfStatus(status), responses: [], faults: trailing };
  if (protocol === "gRPC") {
    const { responses } = readEnvelopes(body, 0x80);
    return { ...outcomeOfGrpc(body.length === 0 ? { ...headers, ...trailers } : trailers), responses };
  }
  if (protocol === "gRPC-Web") {
    const { responses, end } = readEnvelopes(body, 0x80);
    const fields = end === undefined ? headers : fieldsOf(end);
    return { ...outcomeOfGrpc(fields), responses };
  }
  if (!requestType.startsWith("application/connect+")) return { code: 0, responses: [textOf(body)], faults: trailing };
  const { responses, end } = readEnvelopes(body, 2);
  if (end === undefined) return { code: 0, responses, faults: ["the stream has no end"] };
  const { error }: { readonly error?: unknown } = JSON.parse(end);
  return { ...(error === undefined ? { code: 0, faults: trailing } : outcomeOfError(error)), responses };
}

/** @see https://connectrpc.com/docs/protocol/#error-end-stream */
function outcomeOfError(error: unknown): Omit<RawOutcome, "responses"> {
  if (typeof error !== "object" || error === null) return { code: -1, faults: ["the error is no object"] };
  const fields = new Map<string, unknown>(Object.entries(error));
  const code = [...codesByName].find(([name]) => name === fields.get("code"))?.[1] ?? -1;
  const details = fields.get("details");
  const faults = [
    ...[...fields.keys()].filter((name) => !["code", "message", "details"].includes(name)),
    ...(Array.isArray(details) ? details : [])
      .filter((detail) => !isDetail(detail))
      .map((detail) => JSON.stringify(detail)),
  ];
  return { code, faults: faults.map((what) => `the error has ${what}`) };
}

/** What comes beside `debug`, in base64 without padding. */
function isDetail(detail: unknown): boolean {
  if (typeof detail !== "object" || detail === null || !("type" in detail) || !("value" in detail)) return false;
  return /^[\w.]+$/.test(String(detail.type)) && /^[\w+/]*$/.test(String(detail.value));
}

const codesByName = new Map(
  Object.entries(Code).flatMap(([name, code]): [string, number][] =>
    typeof code === "number" ? [[name.replaceAll(/(?<!^)[A-Z]/g, "_$&").toLowerCase(), code]] : [],
  ),
);

function outcomeOfGrpc(fields: Readonly<Record<string, unknown>>): Omit<RawOutcome, "responses"> {
  const { "grpc-status": status } = fields;
  if (typeof status !== "string" || !/^\d{1,2}$/.test(status))
    return { code: -1, faults: [`grpc-status: ${String(status)}`] };
  return { code: Number(status), faults: [] };
}

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md: names of trailers are in lower case */
function fieldsOf(block: string): Record<string, string> {
  const lines = block.split("\r\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line): [string, string] => [line.split(":", 1)[0] ?? "", line.replace(/^[^:]*: */, "")]),
  );
}

function readEnvelopes(body: Buffer, endFlag: number): { readonly responses: string[]; readonly end?: string } {
  const responses: string[] = [];
  for (let at = 0; at + 5 <= body.length;) {
    const content = body.subarray(at + 5, at + 5 + body.readUInt32BE(at + 1));
    if ((body.readUInt8(at) & endFlag) !== 0) return { responses, end: content.toString() };
    responses.push(textOf(content));
    at += 5 + content.length;
  }
  return { responses };
}

function textOf(message: Uint8Array): string {
  return new TextDecoder().decode(fromBinary(ScriptedResponseSchema, message).data);
}

/** @see https://connectrpc.com/docs/protocol/#http-to-error-code */
function codeOfStatus(status: number): Code {
  switch (status) {
    case 400:
      return Code.Internal;
    case 401:
      return Code.Unauthenticated;
    case 403:
      return Code.PermissionDenied;
    case 404:
      return Code.Unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return Code.Unavailable;
    default:
      return Code.Unknown;
  }
}
