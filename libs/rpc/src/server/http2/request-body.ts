/** Takes octets that were given back: the caller may send as many again. */
type GiveBack = (bytes: number) => void;

interface Chunk {
  readonly bytes: Uint8Array;
  /** What of it is to be given back once it is read. */
  readonly owed: number;
}

type Reader = PromiseWithResolvers<IteratorResult<Uint8Array, undefined>>;

/**
 * The body of a request that is read while it arrives: what is not read holds the caller up. Read by one reader, once.
 */
export class RequestBody implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #giveBack: GiveBack;
  #chunks: Chunk[] = [];
  #end: { readonly error?: Error } | undefined;
  #reader: Reader | undefined;
  #isAbandoned = false;

  constructor(giveBack: GiveBack) {
    this.#giveBack = giveBack;
  }

  /** @param owed how many octets of it have not been given back yet */
  push(bytes: Uint8Array, owed: number): void {
    if (this.#isAbandoned || bytes.length === 0) return this.#giveBack(owed);
    const reader = this.#reader;
    if (reader === undefined) {
      this.#chunks.push({ bytes, owed });
      return;
    }
    this.#reader = undefined;
    this.#giveBack(owed);
    reader.resolve({ done: false, value: bytes });
  }

  /** All has come. */
  end(): void {
    this.#finish({});
  }

  /** No more will come; what is there can still be read. */
  fail(error: Error): void {
    this.#finish({ error });
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#giveBack(chunk.owed);
      return { done: false, value: chunk.bytes };
    }
    if (this.#end?.error !== undefined) throw this.#end.error;
    if (this.#end !== undefined || this.#isAbandoned) return { done: true, value: undefined };
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  /** Nobody reads on: what comes is thrown away. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#isAbandoned = true;
    for (const { owed } of this.#chunks) this.#giveBack(owed);
    this.#chunks = [];
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(end: { readonly error?: Error }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.error === undefined) this.#reader?.resolve({ done: true, value: undefined });
    else this.#reader?.reject(end.error);
    this.#reader = undefined;
  }
}
