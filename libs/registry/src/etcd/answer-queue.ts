/** What a stream has delivered and its reader has not taken yet. */
export class AnswerQueue<T> {
  readonly #received: T[] = [];
  #failure: Error | undefined;
  #news = Promise.withResolvers<void>();

  push(answer: T): void {
    this.#received.push(answer);
    this.#news.resolve();
  }

  /** Lets the reader fail once it has taken what came before. Only the first failure counts. */
  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#news.resolve();
  }

  /** Yields what comes, in order. Ends when `signal` is aborted; @throws what {@link fail} was given */
  async *read(signal: AbortSignal): AsyncGenerator<T, void> {
    const onAbort = (): void => this.#news.resolve();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const answer = this.#received.shift();
        if (answer !== undefined) {
          yield answer;
        } else if (this.#failure !== undefined) {
          throw this.#failure;
        } else {
          this.#news = Promise.withResolvers();
          await this.#news.promise;
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}
