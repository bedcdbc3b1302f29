import type { HeaderList, RequestHead } from "@banyan/http2";
import { compressionNegotiate, type Compression } from "@connectrpc/connect/protocol";
import * as connect from "@connectrpc/connect/protocol-connect";
import * as grpc from "@connectrpc/connect/protocol-grpc";
import type { UnaryMethod } from "../unary-methods.ts";
import { type AnswerHead, answerHead } from "./answer-head.ts";

/** What the fields of a request tell of a unary call that can be answered without Connect's handlers. */
export interface UnaryPlan {
  readonly method: UnaryMethod;
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

/** The fields of a request that decide how it is answered. */
interface Asked {
  contentType: string;
  timeout: string | null;
  encoding: string | null;
  acceptEncoding: string | null;
}

const statusOk: HeaderList = ["grpc-status", grpc.grpcStatusOk];

/** Undefined for what only Connect's own handlers know how to answer, or to refuse. */
export function unaryPlan(method: UnaryMethod, { fields }: RequestHead): UnaryPlan | undefined {
  const contentType = valueOf(fields, "content-type");
  if (contentType === null) return undefined;
  const grpcType = method.protocols.grpc ? grpc.parseContentType(contentType) : undefined;
  if (grpcType !== undefined) {
    const asked = {
      contentType: grpcType.binary ? grpc.contentTypeProto : grpc.contentTypeJson,
      timeout: valueOf(fields, "grpc-timeout"),
      encoding: valueOf(fields, "grpc-encoding"),
      acceptEncoding: valueOf(fields, "grpc-accept-encoding"),
    };
    return planOf(method, "grpc", grpcType.binary, asked);
  }
  const connectType = method.protocols.connect ? connect.parseContentType(contentType) : undefined;
  if (connectType === undefined || connectType.stream) return undefined;
  const asked = {
    contentType: connectType.binary ? connect.contentTypeUnaryProto : connect.contentTypeUnaryJson,
    timeout: valueOf(fields, "connect-timeout-ms"),
    encoding: valueOf(fields, "content-encoding"),
    acceptEncoding: valueOf(fields, "accept-encoding"),
  };
  return planOf(method, "connect", connectType.binary, asked);
}

function planOf(
  method: UnaryMethod,
  protocol: UnaryPlan["protocol"],
  isBinary: boolean,
  { contentType, timeout, encoding, acceptEncoding }: Asked,
): UnaryPlan | undefined {
  const { acceptCompression, maxTimeoutMs } = method.options;
  const accepts = protocol === "grpc" ? grpc.headerAcceptEncoding : connect.headerUnaryAcceptEncoding;
  const { request, response, error } = compressionNegotiate(acceptCompression, encoding, acceptEncoding, accepts);
  const parsed = (protocol === "grpc" ? grpc : connect).parseTimeout(timeout, maxTimeoutMs);
  if (request !== null || error !== undefined || parsed.error !== undefined) return undefined;
  // gRPC announces what messages may be compressed with, Connect tells what this one was compressed with.
  const announced = protocol === "grpc" && response !== null ? ["grpc-encoding", response.name] : [];
  const answerFields = ["content-type", contentType, ...announced];
  return {
    method,
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
