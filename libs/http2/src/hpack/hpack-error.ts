/**
 * A header block cannot be decoded: from here on the two ends disagree about the dynamic table, so the connection ends with
 * COMPRESSION_ERROR.
 *
 * @see RFC 9113, section 4.3; RFC 7541, section 3
 */
export class HpackError extends Error {
  override readonly name = "HpackError";
}
