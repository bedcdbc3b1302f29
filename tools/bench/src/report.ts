import type { Aim, Bench } from "./bench.ts";
import { formatNumber } from "./format-number.ts";
import { markdownTable } from "./markdown-table.ts";

/** What a bench has found out, as Markdown in the end. */
export class Report {
  readonly #conditions: string[] = [];
  readonly #tables: string[] = [];
  readonly #figures = new Map<string, number>();

  /** Something that the figures hold for: a version, a number of processes. */
  condition(words: string): void {
    this.#conditions.push(words);
  }

  table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    this.#tables.push(
      markdownTable(
        columns,
        rows.map((row) => row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell))),
      ),
    );
  }

  /** A figure that an aim of the bench speaks of. */
  figure(name: string, value: number): void {
    this.#figures.set(name, value);
  }

  /** @throws when the bench has not measured what one of its aims speaks of */
  toMarkdown({ name, description, aims }: Bench): string {
    const paragraphs = [
      `## ${name}`,
      description,
      this.#conditions.map((condition) => `- ${condition}`).join("\n"),
      ...this.#tables,
      aims.map((aim) => `- ${this.#judge(aim)}`).join("\n"),
    ];
    return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
  }

  #judge({ figure, below, unit }: Aim): string {
    const value = this.#figures.get(figure);
    if (value === undefined) throw new Error(`the bench has not measured "${figure}", which it has an aim for`);
    const verdict = value < below ? "met" : "missed";
    return `aim: ${figure} < ${formatNumber(below)} ${unit}: ${formatNumber(value)} ${unit}, ${verdict}`;
  }
}
