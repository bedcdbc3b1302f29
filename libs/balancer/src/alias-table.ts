/**
 * Draws an index in proportion to its weight, in constant time (Vose's alias method): each index fills a column of equal
 * height, and what it lacks is filled up by one other.
 *
 * @see https://www.keithschwarz.com/darts-dice-coins/
 */
export class AliasTable {
  /** The part of a column that is its own. */
  readonly #own: Float64Array;
  /** Who fills the rest of it; at first each does itself, and those stay so who lack or give nothing but rounding. */
  readonly #other: Uint32Array;

  /** @param weights at least one, all above 0 */
  constructor(weights: ArrayLike<number>) {
    const size = weights.length;
    let total = 0;
    for (let index = 0; index < size; index++) total += weights[index] ?? 0;
    this.#own = Float64Array.from(weights, (weight) => (weight * size) / total);
    this.#other = Uint32Array.from(weights, (_, index) => index);

    const lacking: number[] = [];
    const giving: number[] = [];
    this.#own.forEach((height, index) => (height < 1 ? lacking : giving).push(index));
    let giver = giving.pop();
    for (let taker = lacking.pop(); taker !== undefined && giver !== undefined; taker = lacking.pop()) {
      this.#other[taker] = giver;
      const left = this.#height(giver) - (1 - this.#height(taker));
      this.#own[giver] = left;
      if (left < 1) {
        lacking.push(giver);
        giver = giving.pop();
      }
    }
  }

  /** @param chance in [0, 1) */
  draw(chance: number): number {
    const place = chance * this.#own.length;
    const column = Math.floor(place);
    return place - column < this.#height(column) ? column : (this.#other[column] ?? column);
  }

  #height(index: number): number {
    return this.#own[index] ?? 0;
  }
}
