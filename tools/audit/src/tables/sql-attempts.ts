import { hole } from "./sql-text.ts";
import { sqlTables, type SqlTables } from "./sql-tables.ts";

/** More holes than this are not tried in every combination: 2 to that power of texts is enough. */
const maxMixedHoles = 6;

/** A name that stands in for one that is computed. */
export const computedName = "computed_name";

/**
 * Parses a text with holes. What a hole holds is not known, so it is tried as a parameter, then as a name, then as
 * nothing; `?` and `:name` are tried as parameters, and backticks as quotes, as other databases and drivers have them.
 *
 * @throws what the parser said of the first attempt when none is SQL
 */
export function parseWithHoles(text: string): SqlTables {
  let first: unknown;
  for (const attempt of attempts(text)) {
    try {
      return sqlTables(attempt);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function* attempts(text: string): Generator<string> {
  for (const spelling of new Set([text, parameters(text), parameters(text).replaceAll("`", '"')])) {
    const pieces = spelling.split(hole);
    yield pieces.join(" $1 ");
    if (pieces.length === 1) continue;
    yield mixed(spelling);
    yield pieces.join(computedName);
    yield pieces.join(" ");
    // A parameter here, and a condition that may be missing there.
    if (pieces.length - 1 <= maxMixedHoles) yield* fillings(pieces);
  }
}

/** Each hole a parameter or nothing, in every combination. */
function* fillings(pieces: readonly string[]): Generator<string> {
  for (let choice = 1; choice < 2 ** (pieces.length - 1) - 1; choice++) {
    yield pieces
      .map((piece, index) => (index === 0 ? piece : ((choice >> (index - 1)) & 1 ? " " : " $1 ") + piece))
      .join("");
  }
}

/** A hole after a word that a table follows is a name; any other is a parameter. */
function mixed(text: string): string {
  return text.replace(new RegExp(`(\\b(?:from|join|into|update|table)\\s+)?${hole}`, "gi"), (_, before?: string) =>
    before === undefined ? " $1 " : before + computedName,
  );
}

/** `?` and `:name` as `$1`, outside of quotes and comments; `::type` stays. */
function parameters(text: string): string {
  return text.replace(
    /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|::|(\?|:[a-z_]\w*|:\.\.\.[a-z_]\w*)/gi,
    (all, parameter?: string) => (parameter === undefined ? all : " $1 "),
  );
}
