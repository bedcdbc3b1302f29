import { HpackError } from "./hpack-error.ts";

/**
 * Larger integers than this are refused: no index, size or length that we accept comes near it, and it keeps all arithmetic
 * within 32 bits (RFC 7541, section 5.1: implementations set limits for values and octets).
 */
const largest = 0x0fff_ffff;

/** Where the next octet of a block is, and where the block ends. */
export interface Cursor {
  at: number;
  readonly end: number;
}

/**
 * Reads an integer whose first octet shares its high bits with something else.
 *
 * @param prefixBits how many low bits of the first octet belong to it, in [1, 8]
 * @throws {HpackError} when it passes the end of the block or the largest value
 */
export function readInteger(bytes: Uint8Array, cursor: Cursor, prefixBits: number): number {
  if (cursor.at >= cursor.end) throw new HpackError("a header block ends inside of an integer");
  const mask = (1 << prefixBits) - 1;
  const prefix = (bytes[cursor.at++] ?? 0) & mask;
  if (prefix < mask) return prefix;
  let value = mask;
  for (let shift = 0; ; shift += 7) {
    if (cursor.at >= cursor.end) throw new HpackError("a header block ends inside of an integer");
    const byte = bytes[cursor.at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (value > largest || shift > 28) throw new HpackError("a header block contains an integer above 2^28");
    if (byte < 0x80) return value;
  }
}

/** Writes an integer after the bits of `flags`. @returns the position after it */
export function writeInteger(
  value: number,
  prefixBits: number,
  flags: number,
  bytes: Uint8Array,
  start: number,
): number {
  const mask = (1 << prefixBits) - 1;
  let at = start;
  if (value < mask) {
    bytes[at++] = flags | value;
    return at;
  }
  bytes[at++] = flags | mask;
  let rest = value - mask;
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}
