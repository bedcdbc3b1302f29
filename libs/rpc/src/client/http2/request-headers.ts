import type { HeaderList, RequestParts } from "@banyan/http2";
import type { Transport } from "@connectrpc/connect";
import { FieldHeaders, includesName } from "../../wire/field-headers.ts";
import type { RequestFields } from "./known-method.ts";
import type { RequestProtocol } from "./unary-protocol.ts";

/** Headers as a caller hands them in. */
export type CallerHeaders = Parameters<Transport["unary"]>[3];

/**
 * The headers of a request: those of the protocol, and the caller's own beside them; of the protocol's a caller may have
 * another `user-agent`.
 *
 * @param timeoutMs when the fields have none, or another one
 */
export function requestHeaders(
  protocol: RequestProtocol,
  fields: RequestFields,
  timeoutMs: number | undefined,
  own: CallerHeaders,
): FieldHeaders {
  const headers = new FieldHeaders(fields.header);
  if (own !== undefined) addHeaders(headers, own, protocol.timeoutField);
  if (timeoutMs !== undefined) headers.set(protocol.timeoutField, protocol.timeoutText(timeoutMs));
  return headers;
}

/** What is sent of a request's headers; fields that nobody has changed are the very same list for every call. */
export function requestParts(headers: Headers, fields: RequestFields, pseudo: HeaderList): RequestParts {
  if (!(headers instanceof FieldHeaders)) return { fields: pseudo, passing: Array.from(headers).flat() };
  if (headers.shared === fields.header) return { fields: fields.all, passing: headers.own };
  return { fields: pseudo, passing: [...headers.shared, ...(headers.own ?? [])] };
}

function addHeaders(headers: FieldHeaders, own: NonNullable<CallerHeaders>, timeoutField: string): void {
  for (const [name, value] of new Headers(own)) {
    if (name === "user-agent") headers.set(name, value);
    else if (name !== timeoutField && !includesName(headers.shared, name)) headers.append(name, value);
  }
}
