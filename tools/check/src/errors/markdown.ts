/** A table; a cell may have a `|` in it. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text as code; nothing of an empty one. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
