/** What a label says of everything that there was no room for, as OpenTelemetry spells it. */
export const other = "_OTHER";

/** More than this of one metric would cost memory here, and in Prometheus, for nothing that a person looks at. */
export const maxSeries = 1000;
const maxLength = 128;

/** What one metric keeps for each set of label values: a bounded number of them, whatever is asked for. */
export class Series<T> {
  readonly #labels: readonly string[];
  readonly #make: (labels: Readonly<Record<string, string>>) => T;
  readonly #kept = new Map<string, T>();

  /** @param make is asked once for each set of label values */
  constructor(labels: readonly string[], make: (labels: Readonly<Record<string, string>>) => T) {
    this.#labels = labels;
    this.#make = make;
  }

  /**
   * What is kept for these values, one for each label in order. Beyond {@link maxSeries} sets of values all that are new
   * share one set, whose values are all `_OTHER`.
   */
  at(...values: readonly string[]): T {
    const key = values.join("\n");
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const isFull = this.#kept.size >= maxSeries - 1;
    return this.#keep(isFull ? this.#labels.map(() => other) : values.map(labelValue));
  }

  values(): Iterable<T> {
    return this.#kept.values();
  }

  #keep(values: readonly string[]): T {
    const key = values.join("\n");
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#make(Object.fromEntries(this.#labels.map((label, index) => [label, values[index] ?? other])));
    this.#kept.set(key, made);
    return made;
  }
}

/**
 * A value that is safe to write: of printable ASCII, 128 characters at most. The Prometheus client joins the values of a
 * set with `|`, so that this character would make two sets one.
 */
export function labelValue(text: string): string {
  return text.slice(0, maxLength).replace(/[^ -{}~]|["\\]/g, "_");
}
