import type { HeaderList } from "../hpack/header-list.ts";
import { malformed, readFields } from "./fields.ts";

/** How a request begins. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: string;
  /** Path and query; empty for CONNECT. */
  readonly path: string;
  /** Whom it is for: `:authority`, else `host`, else empty. */
  readonly authority: string;
  /** All other fields, in their order. */
  readonly fields: HeaderList;
  /** What content-length says, in octets. */
  readonly bodyBytes: number | undefined;
  /** Whether the very same object will come again: what is derived from it is worth keeping by its identity. */
  readonly isRemembered: boolean;
}

const pseudoFields: ReadonlySet<string> = new Set([":method", ":scheme", ":path", ":authority"]);

/** @throws {StreamError} PROTOCOL_ERROR naming the rule of RFC 9113 that is broken */
export function readRequestHead(list: HeaderList, isRemembered: boolean): RequestHead {
  const { pseudo, fields, bodyBytes } = readFields(list, pseudoFields);
  const method = pseudo.get(":method");
  const scheme = pseudo.get(":scheme");
  const path = pseudo.get(":path");
  if (method === undefined) throw malformed("a request without :method (section 8.3.1)");
  if (method === "CONNECT") {
    if (scheme !== undefined || path !== undefined) throw malformed("CONNECT with :scheme or :path (section 8.5)");
  } else if (scheme === undefined || !path) {
    throw malformed("a request without :scheme or :path (section 8.3.1)");
  }
  const authority = pseudo.get(":authority") ?? valueOf(fields, "host") ?? "";
  return { method, scheme: scheme ?? "", path: path ?? "", authority, fields, bodyBytes, isRemembered };
}

function valueOf(fields: HeaderList, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}
