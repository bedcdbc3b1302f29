import type { TrafficNews, TrafficReport, TrafficStore } from "@banyan/strangler";

/** Follows a service's rule and reports until disposal. */
export class LatestNews implements Disposable {
  #reports: readonly TrafficReport[] = [];
  #revision: bigint | "none" | undefined;
  #own: bigint | undefined;
  #hasSeenOwn = false;
  #wake: () => void = () => undefined;
  readonly #closing = new AbortController();

  constructor(store: Pick<TrafficStore, "watch">, service: string) {
    store.watch(service, (news) => this.#take(news), this.#closing.signal);
  }

  get reports(): readonly TrafficReport[] {
    return this.#reports;
  }

  /** This program has written the rule. */
  wrote(revision: bigint): void {
    this.#own = revision;
    this.#hasSeenOwn = this.#revision === revision;
  }

  /** Whether somebody else has written, or deleted, the rule since. */
  get isSuperseded(): boolean {
    const [own, now] = [this.#own, this.#revision];
    if (own === undefined || now === undefined || now === own) return false;
    return this.#hasSeenOwn || (now !== "none" && now > own);
  }

  /** Resolves with the next news, after `ms` at most, or when `signal` is aborted. */
  next(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
    this.#wake = wake;
    return promise;
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#wake();
  }

  #take(news: TrafficNews): void {
    if (news.tag === "reports") this.#reports = news.reports;
    else {
      this.#revision = news.tag === "malformed rule" ? news.revision : (news.stored?.revision ?? "none");
      this.#hasSeenOwn ||= this.#revision === this.#own;
    }
    this.#wake();
  }
}
