import type { HeaderList } from "@banyan/http2";
import { FieldHeaders } from "./field-headers.ts";

/** Fields that HTTP/2 has no room for: they belong to HTTP/1.1's connections. @see RFC 9113, section 8.2.2 */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

const isToken = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Fields as `Headers` may have them: without those whose names are no tokens (RFC 9110, section 5.1). */
export function validFields(fields: HeaderList): HeaderList {
  const isValid = (at: number): boolean => isToken.test(fields[at - (at % 2)] ?? "");
  return fields.every((_, at) => at % 2 === 1 || isValid(at)) ? fields : fields.filter((_, at) => isValid(at));
}

/** Fields for the wire, but for those in `besides`, which are sent by other means. */
export function fieldsOf(headers: Headers, besides?: ReadonlySet<string>): HeaderList {
  const fields: string[] = [];
  for (const [name, value] of headers) {
    if (!connectionFields.has(name) && besides?.has(name) !== true) fields.push(name, value);
  }
  return fields;
}

/**
 * What was written to headers whose other fields are sent by other means; undefined when those have been changed.
 *
 * @param shared what they were made of
 */
export function writtenFields(headers: Headers, shared: HeaderList): HeaderList | undefined {
  if (!(headers instanceof FieldHeaders) || headers.shared !== shared) return undefined;
  const { own } = headers;
  if (own === undefined) return none;
  for (let at = 0; at < own.length; at += 2) {
    const name = own[at] ?? "";
    if (connectionFields.has(name) || shared.includes(name)) return undefined;
  }
  return own;
}

const none: HeaderList = [];

/** The value of the first field of this name, in lower case; undefined without one. */
export function fieldValue(fields: HeaderList, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}
