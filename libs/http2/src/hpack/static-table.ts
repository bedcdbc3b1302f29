/** @see RFC 7541, appendix A */
const fields: readonly (readonly [name: string, value?: string])[] = [
  [":authority"],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset"],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language"],
  ["accept-ranges"],
  ["accept"],
  ["access-control-allow-origin"],
  ["age"],
  ["allow"],
  ["authorization"],
  ["cache-control"],
  ["content-disposition"],
  ["content-encoding"],
  ["content-language"],
  ["content-length"],
  ["content-location"],
  ["content-range"],
  ["content-type"],
  ["cookie"],
  ["date"],
  ["etag"],
  ["expect"],
  ["expires"],
  ["from"],
  ["host"],
  ["if-match"],
  ["if-modified-since"],
  ["if-none-match"],
  ["if-range"],
  ["if-unmodified-since"],
  ["last-modified"],
  ["link"],
  ["location"],
  ["max-forwards"],
  ["proxy-authenticate"],
  ["proxy-authorization"],
  ["range"],
  ["referer"],
  ["refresh"],
  ["retry-after"],
  ["server"],
  ["set-cookie"],
  ["strict-transport-security"],
  ["transfer-encoding"],
  ["user-agent"],
  ["vary"],
  ["via"],
  ["www-authenticate"],
];

/** How many entries the static table has; the dynamic table's newest has the index after it. */
export const staticEntries = fields.length;

/** The name of the entry, by its index in [1, staticEntries]. */
export const staticNames: readonly string[] = ["", ...fields.map(([name]) => name)];

/** The value of the entry, by its index. */
export const staticValues: readonly string[] = ["", ...fields.map(([, value = ""]) => value)];

const byField = new Map<string, Map<string, number>>();
for (let index = staticEntries; index > 0; index--) {
  const name = staticNames[index] ?? "";
  const values = byField.get(name) ?? new Map<string, number>();
  byField.set(name, values.set(staticValues[index] ?? "", index));
}
const byName = new Map([...byField].map(([name, values]) => [name, Math.min(...values.values())]));

/** The index of a field, 0 where the static table has no such field. */
export function staticFieldIndex(name: string, value: string): number {
  return byField.get(name)?.get(value) ?? 0;
}

/** The first index with this name, 0 where there is none. */
export function staticNameIndex(name: string): number {
  return byName.get(name) ?? 0;
}
