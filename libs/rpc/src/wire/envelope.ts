import { compressedFlag } from "@connectrpc/connect/protocol";

/** Octets before each message of gRPC: flags, and its length. */
export const envelopeHeadBytes = 5;

/** Larger messages are not copied to stand behind their heads. */
const longestCopied = 16_384;

/** The message of a body that is one envelope without flags, as most are; undefined for any other. */
export function singleMessage(body: Uint8Array): Uint8Array | undefined {
  if (body.length < envelopeHeadBytes || body[0] !== 0) return undefined;
  const length = (body[1] ?? 0) * 2 ** 24 + (((body[2] ?? 0) << 16) | ((body[3] ?? 0) << 8) | (body[4] ?? 0));
  return length === body.length - envelopeHeadBytes ? body.subarray(envelopeHeadBytes) : undefined;
}

/** A message in its envelope: one piece, or two where copying it would cost more than a frame. */
export function envelopeOf(message: Uint8Array, isCompressed: boolean): readonly Uint8Array[] {
  const isCopied = message.length <= longestCopied;
  const bytes = Buffer.allocUnsafe(envelopeHeadBytes + (isCopied ? message.length : 0));
  bytes[0] = isCompressed ? compressedFlag : 0;
  bytes.writeUInt32BE(message.length, 1);
  if (!isCopied) return [bytes, message];
  bytes.set(message, envelopeHeadBytes);
  return [bytes];
}
