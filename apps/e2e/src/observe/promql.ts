/** One comparison of a label: `rpc_status_code!="OK"`. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A metric, and what is asked of its labels. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** The names in a query of Prometheus. */
export interface QueryNames {
  readonly selectors: readonly Selector[];
  /** The labels after `by`, `on` and their like. */
  readonly grouping: readonly string[];
}

const token = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|=~|!~|!=|[<>=]=|\S/g;
const name = /^[a-zA-Z_:]/;
const beforeLabels = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const operators = new Set(["and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"]);
const aggregations = new Set(
  "sum min max avg count group stddev stdvar topk bottomk quantile count_values limitk limit_ratio".split(" "),
);

/**
 * Finds the metrics and the labels in a query: whatever is named and is neither a function, which has a parenthesis behind
 * it, nor a word of the language. A metric has its name before the braces.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export function namesIn(query: string): QueryNames {
  const tokens: readonly string[] = query.match(token) ?? [];
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  let at = 0;

  /** What is between here and `end`, which is left behind. */
  const upTo = (end: string): string[] => {
    const from = at + 1;
    at = tokens.indexOf(end, from);
    if (at < 0) throw new Error(`expected ${end} in ${query}`);
    return tokens.slice(from, at++).filter((inner) => inner !== ",");
  };
  while (at < tokens.length) {
    const word = tokens[at++] ?? "";
    if (beforeLabels.has(word)) {
      if (tokens[at] === "(") grouping.push(...upTo(")"));
    } else if (name.test(word) && !operators.has(word) && !aggregations.has(word) && tokens[at] !== "(") {
      selectors.push({ metric: word, matchers: tokens[at] === "{" ? matchersOf(upTo("}"), query) : [] });
    }
  }
  return { selectors, grouping };
}

function matchersOf(tokens: readonly string[], query: string): Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 3) {
    const [label, operator, quoted] = tokens.slice(at, at + 3);
    if (label === undefined || operator === undefined || quoted === undefined) {
      throw new Error(`expected label, operator and value in ${query}`);
    }
    matchers.push({ label, operator, value: quoted.slice(1, -1) });
  }
  return matchers;
}
