import type { HeaderList, RequestHead } from "@banyan/http2";
import { compressionNegotiate, type Compression } from "@connectrpc/connect/protocol";
import * as connect from "@connectrpc/connect/protocol-connect";
import * as grpc from "@connectrpc/connect/protocol-grpc";
import { isUnary, type RecordedMethod, type StreamMethod, type UnaryMethod } from "../recorded-methods.ts";
import { type AnswerHead, answerHead } from "./answer-head.ts";

/** What the fields of a request tell of a call that can be answered without Connect's handlers. */
export interface CallPlan {
  readonly protocol: "grpc" | "connect";
  /** Protobuf's binary format, or JSON. */
  readonly isBinary: boolean;
  /** How long the caller waits, in milliseconds; undefined for one that does not say. */
  readonly timeoutMs: number | undefined;
  /** What larger answers are compressed with. */
  readonly compression: Compression | null;
  /** What the answer begins with when nobody changes it, without `:status` and the date. */
  readonly answerFields: HeaderList;
  readonly answerHead: AnswerHead;
  /** What it ends with then. */
  readonly trailerFields: HeaderList;
}

export interface UnaryPlan extends CallPlan {
  readonly tag: "unary";
  readonly implementation: UnaryMethod;
}

/** Of gRPC alone. */
export interface StreamPlan extends CallPlan {
  readonly tag: "stream";
  readonly implementation: StreamMethod;
}

/** The fields of a request that decide how it is answered. */
interface Asked {
  readonly contentType: string;
  readonly timeout: string | null;
  readonly encoding: string | null;
  readonly acceptEncoding: string | null;
}

const statusOk: HeaderList = ["grpc-status", grpc.grpcStatusOk];

/** Undefined for what only Connect's own handlers know how to answer, or to refuse. */
export function callPlan(
  implementation: UnaryMethod | StreamMethod,
  { fields }: RequestHead,
): UnaryPlan | StreamPlan | undefined {
  const contentType = valueOf(fields, "content-type");
  if (contentType === null) return undefined;
  const plan = grpcPlan(implementation, contentType, fields);
  if (isUnary(implementation)) {
    const unary = plan ?? connectPlan(implementation, contentType, fields);
    return unary && { tag: "unary", implementation, ...unary };
  }
  return plan && { tag: "stream", implementation, ...plan };
}

function grpcPlan(implementation: RecordedMethod, contentType: string, fields: HeaderList): CallPlan | undefined {
  const type = implementation.protocols.grpc ? grpc.parseContentType(contentType) : undefined;
  if (type === undefined) return undefined;
  return planOf(implementation, "grpc", type.binary, {
    contentType: type.binary ? grpc.contentTypeProto : grpc.contentTypeJson,
    timeout: valueOf(fields, "grpc-timeout"),
    encoding: valueOf(fields, "grpc-encoding"),
    acceptEncoding: valueOf(fields, "grpc-accept-encoding"),
  });
}

function connectPlan(implementation: RecordedMethod, contentType: string, fields: HeaderList): CallPlan | undefined {
  const type = implementation.protocols.connect ? connect.parseContentType(contentType) : undefined;
  if (type === undefined || type.stream) return undefined;
  return planOf(implementation, "connect", type.binary, {
    contentType: type.binary ? connect.contentTypeUnaryProto : connect.contentTypeUnaryJson,
    timeout: valueOf(fields, "connect-timeout-ms"),
    encoding: valueOf(fields, "content-encoding"),
    acceptEncoding: valueOf(fields, "accept-encoding"),
  });
}

function planOf(
  { options }: RecordedMethod,
  protocol: CallPlan["protocol"],
  isBinary: boolean,
  { contentType, timeout, encoding, acceptEncoding }: Asked,
): CallPlan | undefined {
  const { acceptCompression, maxTimeoutMs } = options;
  const accepts = protocol === "grpc" ? grpc.headerAcceptEncoding : connect.headerUnaryAcceptEncoding;
  const { request, response, error } = compressionNegotiate(acceptCompression, encoding, acceptEncoding, accepts);
  const parsed = (protocol === "grpc" ? grpc : connect).parseTimeout(timeout, maxTimeoutMs);
  if (request !== null || error !== undefined || parsed.error !== undefined) return undefined;
  // gRPC announces what messages may be compressed with, Connect tells what this one was compressed with.
  const announced = protocol === "grpc" && response !== null ? ["grpc-encoding", response.name] : [];
  const answerFields = ["content-type", contentType, ...announced];
  return {
    protocol,
    isBinary,
    timeoutMs: parsed.timeoutMs,
    compression: response,
    answerFields,
    answerHead: answerHead(200, ...answerFields),
    trailerFields: protocol === "grpc" ? statusOk : [],
  };
}

/** The values of all fields of this name, as a header of Connect has them; null without one. */
function valueOf(fields: HeaderList, name: string): string | null {
  let value: string | null = null;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === name) value = value === null ? (fields[at + 1] ?? "") : `${value}, ${fields[at + 1] ?? ""}`;
  }
  return value;
}
