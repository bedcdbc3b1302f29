/**
 * Header fields in their order, names and values by turns: `[":status", "200", "content-type", "application/grpc"]`.
 *
 * Names are lower case. Values are octets, each a character below U+0100.
 */
export type HeaderList = readonly string[];

/**
 * The octets that a field counts, in the dynamic table and in SETTINGS_MAX_HEADER_LIST_SIZE alike.
 *
 * @see RFC 7541, section 4.1
 */
export function fieldBytes(name: string, value: string): number {
  return name.length + value.length + 32;
}
