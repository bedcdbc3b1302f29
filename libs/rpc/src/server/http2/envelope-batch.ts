import { envelopeHeadBytes } from "../../wire/envelope.ts";

/** Longer messages than this are copied by the runtime, which has a price of its own. */
const longestByHand = 32;

/** Messages in their envelopes that are to be written together. */
export class EnvelopeBatch {
  readonly #messages: Uint8Array[] = [];
  #bytes = 0;

  /** In octets, with the envelopes. */
  get length(): number {
    return this.#bytes;
  }

  add(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += envelopeHeadBytes + message.length;
  }

  /** All of them in one piece; then there are none. */
  take(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (const message of this.#messages) {
      const { length } = message;
      bytes[at] = 0;
      bytes.writeUInt32BE(length, at + 1);
      at += envelopeHeadBytes;
      if (length > longestByHand) bytes.set(message, at);
      else for (let offset = 0; offset < length; offset++) bytes[at + offset] = message[offset] ?? 0;
      at += length;
    }
    this.#messages.length = 0;
    this.#bytes = 0;
    return bytes;
  }
}
