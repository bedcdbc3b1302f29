import type { Report } from "../report.ts";
import type { Section } from "./section.ts";
import { sectionsOf } from "./sections.ts";
import { summary } from "./summary.ts";

/** The report as Markdown. */
export function renderMarkdown(report: Report): string {
  const commit = report.commit === undefined ? "" : ` at ${report.commit.slice(0, 12)}`;
  const head = `# Audit of ${report.project}${commit}\n\n${summary(report)
    .split("\n")
    .map((line) => `- ${escaped(line)}`)
    .join("\n")}\n`;
  return [head, ...sectionsOf(report).map(render)].join("\n");
}

function render({ title, about, none, columns, rows, texts = [] }: Section): string {
  const table =
    rows.length === 0
      ? none
      : [columns, columns.map(() => "---"), ...rows.map((row) => row.map(escaped))]
          .map((cells) => `| ${cells.join(" | ")} |`)
          .join("\n");
  const parts = texts.map(({ title, text }) => `**${escaped(title)}**\n\n${fenced(text)}\n`);
  return [`## ${escaped(title)}\n`, `${escaped(about)}\n`, `${table}\n`, ...parts].join("\n");
}

/** On one line, and nothing in it that Markdown or HTML takes for more than text. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]|]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("\n", "<br>");
}

/** In a fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
