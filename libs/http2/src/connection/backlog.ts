import type { HeaderList } from "../hpack/header-list.ts";

/** What a message ends with. */
export interface Trailers {
  readonly fields: HeaderList;
  readonly passing: HeaderList | undefined;
}

/** What was written to a stream and could not be sent yet. Most streams have none. */
export class Backlog {
  /** How the message ends, behind what waits: with the last of the data, or with trailers; undefined while it goes on. */
  ending: "data" | Trailers | undefined;
  /** Whether somebody waits for room to write more. */
  isDrainDue = false;
  readonly #chunks: Uint8Array[] = [];
  /** How much of the first chunk has been sent. */
  #sentBytes = 0;
  #bytes = 0;

  /** What waits, in octets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The first chunk; what has been sent of it is not cut off. */
  get first(): Uint8Array | undefined {
    return this.#chunks[0];
  }

  get sentBytesOfFirst(): number {
    return this.#sentBytes;
  }

  /** Whether the message ends with the first chunk. */
  get isFirstLast(): boolean {
    return this.#chunks.length === 1 && this.ending === "data";
  }

  /** @param chunk is not empty */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** So many octets of the first chunk have been sent. */
  noteSent(bytes: number): void {
    this.#bytes -= bytes;
    this.#sentBytes += bytes;
    if (this.#sentBytes !== this.first?.length) return;
    this.#chunks.shift();
    this.#sentBytes = 0;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#bytes = this.#sentBytes = 0;
  }
}
