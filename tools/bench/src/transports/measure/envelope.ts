/** A message as gRPC sends it: not compressed, and its length before it. */
export function envelope(message: Uint8Array): Buffer {
  const enveloped = Buffer.alloc(5 + message.length);
  enveloped.writeUInt32BE(message.length, 1);
  enveloped.set(message, 5);
  return enveloped;
}
