/** What was scraped: for each metric, the values that each of its labels has. */
export type Exposed = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * Reads the names in Prometheus' text format; a histogram is three: `_bucket`, `_sum` and `_count`.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function readExposed(text: string): Exposed {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, metric, labels = ""] = sample.exec(line) ?? [];
    if (metric === undefined) throw new Error(`not a sample: ${line}`);
    const known = metrics.get(metric) ?? new Map<string, Set<string>>();
    metrics.set(metric, known);
    for (const [, name = "", value = ""] of labels.matchAll(label)) {
      known.set(name, (known.get(name) ?? new Set()).add(value));
    }
  }
  return metrics;
}
