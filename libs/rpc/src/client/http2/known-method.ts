import type { HeaderList } from "@banyan/http2";
import type { DescMethodStreaming, DescMethodUnary, Message } from "@bufbuild/protobuf";
import { createClientMethodSerializers, createMethodUrl } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { RequestProtocol } from "./unary-protocol.ts";

/** What answers can be compressed by, the one that is preferred first. */
export const acceptedCompressions = [compressionGzip, compressionBrotli];

/** What a transport asks for. */
export function askedCompressions(acceptCompression: boolean): typeof acceptedCompressions {
  return acceptCompression ? acceptedCompressions : [];
}

/** The fields of a request that are the same from call to call; both lists are handed out as the very same objects. */
export interface RequestFields {
  /** Without the pseudo-header fields. */
  readonly header: HeaderList;
  /** With them. */
  readonly all: HeaderList;
}

/** What is known of a method before it is called. */
export class KnownMethod<Desc extends DescMethodUnary | DescMethodStreaming, Protocol extends RequestProtocol> {
  readonly method: Desc;
  readonly protocol: Protocol;
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
  constructor(method: Desc, protocol: Protocol, origin: string, deadlineMs: number) {
    const { header, timeoutField } = protocol;
    const dated = deadlineMs > 0 ? [...header, timeoutField, protocol.timeoutText(deadlineMs)] : header;
    const { parse, serialize } = createClientMethodSerializers(method, true);
    this.method = method;
    this.protocol = protocol;
    this.url = createMethodUrl(origin, method);
    this.pseudo = pseudoFields("POST", new URL(this.url));
    this.undated = { header, all: [...this.pseudo, ...header] };
    this.dated = { header: dated, all: [...this.pseudo, ...dated] };
    this.parse = parse;
    this.serialize = serialize;
  }
}

/** What is known of methods, each made when it is first asked for. */
export function knownMethods<Desc extends DescMethodUnary | DescMethodStreaming, Protocol extends RequestProtocol>(
  protocol: Protocol,
  origin: string,
  deadlineMs: number,
): (desc: Desc) => KnownMethod<Desc, Protocol> {
  const methods = new Map<Desc, KnownMethod<Desc, Protocol>>();
  return (desc) => {
    const known = methods.get(desc);
    if (known !== undefined) return known;
    const method = new KnownMethod(desc, protocol, origin, deadlineMs);
    methods.set(desc, method);
    return method;
  };
}

/** The fields that a call begins with. */
export function pseudoFields(method: string, { protocol, host, pathname, search }: URL): HeaderList {
  const scheme = protocol.slice(0, -1);
  return [":method", method, ":scheme", scheme, ":path", pathname + search, ":authority", host];
}
