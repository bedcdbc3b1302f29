/**
 * A message as streams of Connect, gRPC and gRPC-Web carry it: a byte of flags, its length in 4 bytes, and itself.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests (`Length-Prefixed-Message`)
 */
export function enveloped(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** What is in each envelope of a body that is whole. @throws {Error} when the last is cut off */
export function envelopesIn(body: Buffer): Buffer[] {
  const messages = [];
  let rest = body;
  while (rest.length >= 5) {
    const end = 5 + rest.readUInt32BE(1);
    if (rest.length < end) break;
    messages.push(rest.subarray(5, end));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) throw new Error(`${rest.length} bytes after ${messages.length} envelopes are none`);
  return messages;
}
