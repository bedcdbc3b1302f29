/** The end-of-string symbol, which never stands in a string. */
export const endOfString = 256;

/**
 * The length in bits of each symbol's code: octets 0 to 255, then the end of string.
 *
 * The code is canonical: shorter codes come first, codes of one length are counted up in the order of their symbols. So the
 * lengths say all of it.
 *
 * @see RFC 7541, appendix B
 */
// prettier-ignore
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
   6, 10, 10, 12, 13,  6,  8, 11, 10, 10,  8, 11,  8,  6,  6,  6,
   5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8, 15,  6, 12, 10,
  13,  6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
   7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8, 13, 19, 13, 14,  6,
  15,  5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,
   6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

/** The length in bits of a symbol's code. */
export const codeLengths: Uint8Array = Uint8Array.from(lengths);

/** A symbol's code, its bits at the low end. */
export const codes: Uint32Array = canonicalCodes();

function canonicalCodes(): Uint32Array {
  const assigned = new Uint32Array(lengths.length);
  const bySize = [...lengths.keys()].sort((a, b) => (codeLengths[a] ?? 0) - (codeLengths[b] ?? 0) || a - b);
  let code = 0;
  let previousLength = 0;
  for (const symbol of bySize) {
    const length = codeLengths[symbol] ?? 0;
    code <<= length - previousLength;
    assigned[symbol] = code++;
    previousLength = length;
  }
  return assigned;
}
