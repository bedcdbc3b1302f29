import { Counter, Gauge, type Registry } from "@prometheus-io/client";
import { labelValue, maxSeries } from "./series.ts";

/** One value of a family, now. */
export interface Sample {
  /** A value for each label of the family. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that is read from something that knows its own state, whenever Prometheus asks. */
export interface Family {
  /** As Prometheus spells it: with its unit, and `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly labels: readonly string[];
  /** What there is now; of more than 1000 samples the first ones count. */
  read(): Iterable<Sample>;
}

/** Resetting a metric without labels makes it 0, where it is not known. */
const absent = {};

/** The families of one name: those of several sources are one metric, told apart by their labels. */
export class ObservedFamily {
  readonly #readers = new Set<Family>();
  readonly #failing = new Set<Family>();

  /** @param onFailure told of the first failure of a source to tell its state, and again after it has worked */
  constructor(family: Family, registry: Registry, onFailure: (name: string, error: unknown) => void) {
    const { name, help, type, labels } = family;
    const configuration = { name, help, labelNames: [...labels], registers: [registry] };
    const readers = this.#readers;
    const samples = (): readonly Sample[] => [...readers].flatMap((reader) => this.#read(reader, onFailure));
    if (type === "gauge") {
      const gauge: Gauge<string> = new Gauge({
        ...configuration,
        collect() {
          gauge.reset();
          gauge.remove(absent);
          for (const { labels, value } of samples()) gauge.set(labels, value);
        },
      });
    } else {
      const counter: Counter<string> = new Counter({
        ...configuration,
        collect() {
          counter.reset();
          counter.remove(absent);
          for (const { labels, value } of samples()) counter.inc(labels, value);
        },
      });
    }
  }

  /** @returns a function that ends it */
  add(family: Family): () => void {
    this.#readers.add(family);
    return () => void this.#readers.delete(family);
  }

  #read(family: Family, onFailure: (name: string, error: unknown) => void): readonly Sample[] {
    try {
      const samples = [...family.read()].slice(0, maxSeries).filter(({ value }) => Number.isFinite(value));
      this.#failing.delete(family);
      return samples.map(({ labels, value }) => ({ value, labels: safe(labels) }));
    } catch (error) {
      if (!this.#failing.has(family)) onFailure(family.name, error);
      this.#failing.add(family);
      return [];
    }
  }
}

function safe(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, labelValue(value)]));
}
