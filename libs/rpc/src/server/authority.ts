/**
 * Whether an `:authority` is a name that a URL does not allow and RFC 3986 does: grpc-go sends what it was told to dial, and
 * escapes it where that is no host, `%2Fservices%2Fuser` for the target `etcd:////services/user`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2
 */
export function isOpaqueAuthority(authority: string): boolean {
  return /%[0-9a-f]{2}/i.test(authority) && /^(?:[\w.~!$&'()*+,;=-]|%[0-9a-f]{2})+(?::\d*)?$/i.test(authority);
}

/** What stands in the URL of a call for an authority that is opaque. */
export const insteadOfOpaque = "localhost";
