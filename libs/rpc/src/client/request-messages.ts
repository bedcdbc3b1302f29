/** The request messages of a stream, for one attempt after the other. */
export interface RequestMessages<T> {
  /** The messages, for the next attempt. */
  forAttempt(): AsyncIterable<T>;
  /** Whether another attempt would see them all. */
  readonly complete: boolean;
  /** Tells the source that nothing more is wanted of it. */
  release(): Promise<void>;
}

/** The one message of a call with a single request: it can be sent any number of times. */
export async function singleMessage<T>(input: AsyncIterable<T>): Promise<RequestMessages<T>> {
  const messages = await Array.fromAsync(input);
  return {
    complete: true,
    async *forAttempt() {
      yield* messages;
    },
    async release() {},
  };
}

/**
 * The messages of a stream that the caller is still writing: complete until the first one was asked for, which happens
 * when the HTTP/2 stream is open.
 */
export function streamedMessages<T>(input: AsyncIterable<T>): RequestMessages<T> {
  const source = input[Symbol.asyncIterator]();
  let asked = false;
  const end = async (): Promise<IteratorResult<T>> => (await source.return?.()) ?? { done: true, value: undefined };
  return {
    get complete() {
      return !asked;
    },
    forAttempt: () => ({
      [Symbol.asyncIterator]: () => ({
        next() {
          asked = true;
          return source.next();
        },
        // An attempt that fails before it has asked for anything must leave the source to the next one.
        return: async () => (asked ? end() : { done: true, value: undefined }),
        async throw(error: unknown) {
          if (asked && source.throw) return source.throw(error);
          throw error;
        },
      }),
    }),
    async release() {
      if (!asked) await end();
    },
  };
}
