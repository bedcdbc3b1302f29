/** Work that runs side by side, and is taken in the order in which it ends. */
export class SideBySide<T extends object> {
  readonly #ended: T[] = [];
  #size = 0;
  #wake: (() => void) | undefined;

  /** @param works none of which ever rejects */
  constructor(works: readonly Promise<T>[]) {
    for (const work of works) this.add(work);
  }

  /** How many have not been taken. */
  get size(): number {
    return this.#size;
  }

  /** @param work never rejects */
  add(work: Promise<T>): void {
    this.#size++;
    void this.#note(work);
  }

  /**
   * Takes the next one to end; undefined when none has within `ms` milliseconds, where a time is given.
   *
   * What the process has already received counts: a loop that was held up runs its timers first, and reads after that.
   */
  async next(ms: number | undefined): Promise<T | undefined> {
    if (this.#ended.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = ms === undefined ? undefined : setTimeout(() => setImmediate(resolve), ms);
      await promise;
      clearTimeout(timer);
    }
    const ended = this.#ended.shift();
    if (ended !== undefined) this.#size--;
    return ended;
  }

  async #note(work: Promise<T>): Promise<void> {
    this.#ended.push(await work);
    this.#wake?.();
  }
}
