/** Of `calls`, so many had what is counted: they failed, were slow, or differed. */
export interface Sample {
  readonly calls: number;
  readonly hits: number;
}

/** Parts of the calls, in (0, 1), the first one the smaller. */
export interface Limits {
  /** Up to this, whatever the legacy has, all is well. */
  readonly tolerated: number;
  /** From this on, where the legacy has less than half of it, the candidate is to be refused. */
  readonly unacceptable: number;
}

/** Both are bounds, not estimates. In (0, 1). */
export interface ErrorBounds {
  /** Of the probability that a candidate is ever refused that hits as `tolerated`, or as seldom as the legacy. */
  readonly alpha: number;
  /** Of the probability that a round is passed by a candidate that is unacceptable, and twice as bad as the legacy. */
  readonly beta: number;
}

/** How many times as often as on the legacy side: the alternatives to "no more often", each with the same weight. */
const ratios = [2, 4, 16] as const;
const passRatio = ratios[0];

/**
 * Whether the candidate's calls are hit too often: tests in rounds, each a sequential probability ratio test (Wald 1945,
 * doi:10.1214/aoms/1177731118), so that it may be looked at after any call and for as long as one likes.
 *
 * **Refused** is who hits more often than is tolerated and also more often than the legacy does: two likelihood ratios are
 * kept, and the smaller one has to exceed 1 / alpha_k (Berger's intersection-union test, Technometrics 24 (1982), 295).
 *
 * - absolute: that of a part `unacceptable` of the calls against a part `tolerated`.
 * - relative: of the hits, the candidate's share should be its share of the calls; the mean of the ratios against being hit
 *   2, 4 and 16 times as often. What troubles both sides at once (their database, say) does not count, at any rate.
 *
 * **Passed** is a round as soon as one of the two says so with beta / 2. The next one begins anew, so that who was good for
 * an hour is refused as soon as who has just come. Round k has alpha_k = alpha / (k (k + 1)), and all of them together have
 * alpha: by Ville's inequality no round exceeds its own, whenever one looks, and the sum over all k is 1.
 *
 * The bounds are those of calls that are hit independently of each other, at rates that may change over time.
 */
export class SequentialTest {
  readonly #bounds: ErrorBounds;
  #limits: Limits | undefined;
  #round = 0;
  #passes = 0;
  #absolute = 0;
  #relative: readonly number[] = [];

  constructor(bounds: ErrorBounds) {
    this.#bounds = bounds;
  }

  /** So many rounds were passed since {@link begin}. */
  get passes(): number {
    return this.#passes;
  }

  /** Another round, of another step. */
  begin(limits: Limits): void {
    this.#limits = limits;
    this.#passes = 0;
    this.#nextRound();
  }

  /**
   * @param news what has come to the candidate, and to the legacy, since it was told last
   * @param candidateShare of the calls of both sides, in [0, 1]; undefined where there is nobody to compare with, and the
   *   absolute ratio decides alone
   * @returns whether the candidate is to be refused
   */
  observe(news: { readonly candidate: Sample; readonly legacy: Sample }, candidateShare: number | undefined): boolean {
    const limits = this.#limits;
    if (limits === undefined) throw new Error("no round has begun");
    this.#absolute += absoluteEvidence(news.candidate, limits);
    this.#relative = this.#relative.map(
      (evidence, index) => evidence + relativeEvidence(news, candidateShare ?? 1, ratios[index] ?? passRatio),
    );
    const { alpha, beta } = this.#bounds;
    const needed = Math.log((this.#round * (this.#round + 1)) / alpha);
    const compares = candidateShare !== undefined;
    if (Math.min(this.#absolute, compares ? logOfMean(this.#relative) : Infinity) >= needed) return true;
    if (Math.min(this.#absolute, compares ? (this.#relative[0] ?? 0) : Infinity) <= Math.log(beta / 2)) {
      this.#passes += 1;
      this.#nextRound();
    }
    return false;
  }

  #nextRound(): void {
    this.#round += 1;
    this.#absolute = 0;
    this.#relative = ratios.map(() => 0);
  }
}

/** The logarithm of how much likelier the calls are where they are hit as is unacceptable than as is tolerated. */
function absoluteEvidence({ calls, hits }: Sample, { tolerated, unacceptable }: Limits): number {
  return hits * Math.log(unacceptable / tolerated) + (calls - hits) * Math.log((1 - unacceptable) / (1 - tolerated));
}

/**
 * The same for whose the hits are: given that a call is hit, it is the candidate's with the odds of its share of the calls,
 * times `ratio` (Przyborowski and Wilenski 1940, for two Poisson rates; where hits are frequent it errs to the safe side).
 */
function relativeEvidence(
  { candidate, legacy }: { readonly candidate: Sample; readonly legacy: Sample },
  share: number,
  ratio: number,
): number {
  if (share <= 0 || share >= 1) return 0;
  const [as, moreOften] = [share, (ratio * share) / (ratio * share + 1 - share)];
  return candidate.hits * Math.log(moreOften / as) + legacy.hits * Math.log((1 - moreOften) / (1 - as));
}

function logOfMean(logs: readonly number[]): number {
  const greatest = Math.max(...logs);
  return greatest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - greatest), 0) / logs.length);
}
