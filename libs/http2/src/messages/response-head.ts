import type { HeaderList } from "../hpack/header-list.ts";
import { malformed, readFields } from "./fields.ts";

/** How a response begins. The same fields give the very same object, as long as the connection remembers them. */
export interface ResponseHead {
  /**
   * In [100, 999]; below 200 it is informational, and the final one follows. One above 599 is to be taken for one of 5xx.
   *
   * @see RFC 9110, section 15
   */
  readonly status: number;
  readonly fields: HeaderList;
  /** What content-length says, in octets. */
  readonly bodyBytes: number | undefined;
}

const pseudoFields: ReadonlySet<string> = new Set([":status"]);
const noPseudoFields: ReadonlySet<string> = new Set();

/** @throws {StreamError} PROTOCOL_ERROR naming the rule of RFC 9113 that is broken */
export function readResponseHead(list: HeaderList): ResponseHead {
  const { pseudo, fields, bodyBytes } = readFields(list, pseudoFields);
  const status = pseudo.get(":status");
  if (status === undefined || !/^[1-9][0-9]{2}$/.test(status))
    throw malformed("a response without :status (section 8.3.2)");
  // HTTP/2 has no way to switch protocols by it: RFC 9113, section 8.6.
  if (status === "101") throw malformed("status 101 (section 8.6)");
  return { status: Number(status), fields, bodyBytes };
}

/** Trailers that are all right: those of one connection are the very same list again and again. */
const goodTrailers = new WeakSet<HeaderList>();

/** @throws {StreamError} PROTOCOL_ERROR: trailers have no pseudo-header fields (RFC 9113, section 8.1) */
export function readTrailers(list: HeaderList): HeaderList {
  if (goodTrailers.has(list)) return list;
  const { fields } = readFields(list, noPseudoFields);
  goodTrailers.add(fields);
  return fields;
}
