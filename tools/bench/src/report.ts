import type { Aim, Bench } from "./bench.ts";
import { formatNumber } from "./format-number.ts";
import { markdownTable } from "./markdown-table.ts";

/** What a bench has found out, as Markdown in the end. */
export class Report {
  readonly #conditions: string[] = [];
  readonly #tables: string[] = [];
  readonly #remarks: string[] = [];
  readonly #figures = new Map<string, number | undefined>();

  get conditions(): readonly string[] {
    return this.#conditions;
  }

  /** Something that the figures hold for: a version, a number of processes. */
  condition(words: string): void {
    this.#conditions.push(words);
  }

  /** A heading above the tables that follow. */
  section(title: string): void {
    this.#tables.push(`### ${title}`);
  }

  table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    this.#tables.push(
      markdownTable(
        columns,
        rows.map((row) => row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell))),
      ),
    );
  }

  /** What is to be said of the tables. */
  remark(words: string): void {
    this.#remarks.push(words);
  }

  /** A figure that an aim of the bench speaks of; undefined where this run was told not to measure it, or could not. */
  figure(name: string, value: number | undefined): void {
    this.#figures.set(name, value);
  }

  /** @throws when the bench has not measured what one of its aims speaks of */
  toMarkdown({ name, description, aims }: Bench): string {
    const paragraphs = [
      `## ${name}`,
      description,
      this.#conditions.map((condition) => `- ${condition}`).join("\n"),
      ...this.#tables,
      this.#remarks.map((remark) => `- ${remark}`).join("\n"),
      aims.map((aim) => `- ${this.#judge(aim)}`).join("\n"),
    ];
    return `${paragraphs.filter((paragraph) => paragraph !== "").join("\n\n")}\n`;
  }

  #judge({ figure, unit, ...bound }: Aim): string {
    if (!this.#figures.has(figure)) {
      throw new Error(`the bench has not measured "${figure}", which it has an aim for`);
    }
    const value = this.#figures.get(figure);
    const [sign, limit] = "below" in bound ? ["<", bound.below] : ["≥", bound.atLeast];
    const aim = `aim: ${figure} ${sign} ${formatNumber(limit)} ${unit}`;
    if (value === undefined) return `${aim}: not measured in this run`;
    const isMet = "below" in bound ? value < bound.below : value >= bound.atLeast;
    return `${aim}: ${formatNumber(value)} ${unit}, ${isMet ? "met" : "missed"}`;
  }
}
