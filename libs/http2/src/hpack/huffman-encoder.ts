import { codeLengths, codes } from "./huffman-code.ts";

/** How many octets the string takes when it is Huffman-coded. */
export function huffmanBytes(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += codeLengths[text.charCodeAt(at) & 0xff] ?? 0;
  return (bits + 7) >>> 3;
}

/** Writes the string's Huffman code, padded with ones. @returns the position after it */
export function writeHuffman(text: string, bytes: Uint8Array, start: number): number {
  let at = start;
  let octet = 0;
  let free = 8;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    const code = codes[symbol] ?? 0;
    for (let left = codeLengths[symbol] ?? 0; left > 0;) {
      const taken = Math.min(left, free);
      left -= taken;
      free -= taken;
      octet |= ((code >>> left) & ((1 << taken) - 1)) << free;
      if (free > 0) continue;
      bytes[at++] = octet;
      octet = 0;
      free = 8;
    }
  }
  if (free < 8) bytes[at++] = octet | ((1 << free) - 1);
  return at;
}
