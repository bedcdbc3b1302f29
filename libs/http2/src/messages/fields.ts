import { StreamError } from "../errors.ts";
import { ErrorCode } from "../frames/frame.ts";
import type { HeaderList } from "../hpack/header-list.ts";

/** Fields that belong to HTTP/1.1's connections. @see RFC 9113, section 8.2.2 */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** What a malformed message ends with. @see RFC 9113, section 8.1.1 */
export function malformed(reason: string): StreamError {
  return new StreamError(ErrorCode.PROTOCOL_ERROR, `malformed message: ${reason}`);
}

/** A message's pseudo-header fields, by their names without the colon, and how many octets its body is to have. */
export interface ReadFields {
  readonly pseudo: ReadonlyMap<string, string>;
  /** The fields that are none. */
  readonly fields: HeaderList;
  /** By content-length; undefined without one. */
  readonly bodyBytes: number | undefined;
}

/**
 * Checks the fields of a message by what RFC 9113 asks of every recipient.
 *
 * @param allowed the pseudo-header fields that may stand before the others
 * @throws {StreamError} PROTOCOL_ERROR naming the rule
 */
export function readFields(list: HeaderList, allowed: ReadonlySet<string>): ReadFields {
  const pseudo = new Map<string, string>();
  let at = 0;
  for (; at < list.length && list[at]?.charCodeAt(0) === 0x3a; at += 2) {
    const name = list[at] ?? "";
    const value = list[at + 1] ?? "";
    if (!allowed.has(name)) throw malformed("a pseudo-header field that does not belong here (section 8.3)");
    if (pseudo.has(name)) throw malformed("a pseudo-header field twice (section 8.3)");
    checkValue(value);
    pseudo.set(name, value);
  }
  const fields = at === 0 ? list : list.slice(at);
  return { pseudo, fields, bodyBytes: checkFields(fields) };
}

function checkFields(fields: HeaderList): number | undefined {
  let bodyBytes: number | undefined;
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] ?? "";
    const value = fields[at + 1] ?? "";
    checkName(name);
    checkValue(value);
    if (connectionFields.has(name)) throw malformed("a field of HTTP/1.1's connections (section 8.2.2)");
    if (name === "te" && value !== "trailers") throw malformed("te says other than trailers (section 8.2.2)");
    if (name === "content-length") bodyBytes = readLength(value, bodyBytes);
  }
  return bodyBytes;
}

/** @see RFC 9113, section 8.2.1 */
function checkName(name: string): void {
  if (name.length === 0) throw malformed("a field without a name (section 8.2.1)");
  for (let at = 0; at < name.length; at++) {
    const octet = name.charCodeAt(at);
    if (octet === 0x3a) throw malformed("a pseudo-header field after others, or a colon in a name (section 8.3)");
    if (octet <= 0x20 || (octet >= 0x41 && octet <= 0x5a) || octet >= 0x7f) {
      throw malformed("a character that no name of a field has (section 8.2.1)");
    }
  }
}

/** @see RFC 9113, section 8.2.1 */
function checkValue(value: string): void {
  for (let at = 0; at < value.length; at++) {
    const octet = value.charCodeAt(at);
    if (octet === 0 || octet === 0x0a || octet === 0x0d)
      throw malformed("a line break or zero in a value (section 8.2.1)");
  }
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1))) {
    throw malformed("a blank around a value (section 8.2.1)");
  }
}

function isBlank(octet: number): boolean {
  return octet === 0x20 || octet === 0x09;
}

function readLength(value: string, before: number | undefined): number {
  const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
  if (length === undefined || (before !== undefined && before !== length)) {
    throw malformed("content-length is no number, or two (section 8.1.1)");
  }
  return length;
}
