import type { HeaderList } from "@banyan/http2";
import type { DescMethodStreaming, DescMethodUnary, Message } from "@bufbuild/protobuf";
import { createClientMethodSerializers, createMethodUrl } from "@connectrpc/connect/protocol";
import { headerTimeout, requestHeaderWithCompression } from "@connectrpc/connect/protocol-grpc";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";

/** What answers may be compressed by, the one that is preferred first. */
export const acceptedCompressions = [compressionGzip, compressionBrotli];

export const timeoutField: string = headerTimeout.toLowerCase();

/** The fields of a request that are the same from call to call; both lists are handed out as the very same objects. */
export interface RequestFields {
  /** Without the pseudo-header fields. */
  readonly header: HeaderList;
  /** With them. */
  readonly all: HeaderList;
}

/** What is known of a method before it is called. */
export class GrpcMethod<Desc extends DescMethodUnary | DescMethodStreaming = DescMethodUnary> {
  readonly method: Desc;
  readonly url: string;
  readonly pseudo: HeaderList;
  /** Of a call without a deadline, and of one whose deadline is its own. */
  readonly undated: RequestFields;
  /** Of a call with the default deadline. */
  readonly dated: RequestFields;
  /** @throws {ConnectError} INTERNAL */
  readonly serialize: (message: Message) => Uint8Array;
  /** @throws {ConnectError} INTERNAL */
  readonly parse: (bytes: Uint8Array) => Message;

  /** @param deadlineMs the default one; 0 for none */
  constructor(method: Desc, authority: string, deadlineMs: number) {
    const header = Array.from(
      requestHeaderWithCompression(true, undefined, undefined, acceptedCompressions, null),
    ).flat();
    const dated = deadlineMs > 0 ? [...header, timeoutField, timeoutText(deadlineMs)] : header;
    const { parse, serialize } = createClientMethodSerializers(method, true);
    this.method = method;
    this.url = createMethodUrl(`http://${authority}`, method);
    this.pseudo = pseudoFields(`/${method.parent.typeName}/${method.name}`, authority);
    this.undated = { header, all: [...this.pseudo, ...header] };
    this.dated = { header: dated, all: [...this.pseudo, ...dated] };
    this.parse = parse;
    this.serialize = serialize;
  }
}

/** What is known of methods, each made when it is first asked for. */
export function knownMethods<Desc extends DescMethodUnary | DescMethodStreaming>(
  authority: string,
  deadlineMs: number,
): (desc: Desc) => GrpcMethod<Desc> {
  const methods = new Map<Desc, GrpcMethod<Desc>>();
  return (desc) => {
    const known = methods.get(desc);
    if (known !== undefined) return known;
    const method = new GrpcMethod(desc, authority, deadlineMs);
    methods.set(desc, method);
    return method;
  };
}

/** The fields that a call begins with. */
export function pseudoFields(path: string, authority: string): HeaderList {
  return [":method", "POST", ":scheme", "http", ":path", path, ":authority", authority];
}

/** The largest number of gRPC's `grpc-timeout`: "positive integer as ASCII string of at most 8 digits". */
const largestCount = 99_999_999;

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
export function timeoutText(timeoutMs: number): string {
  const ms = Math.ceil(timeoutMs);
  return ms <= largestCount ? `${ms}m` : `${Math.min(largestCount, Math.ceil(ms / 1000))}S`;
}
