import type { Report } from "../report.ts";
import { html } from "./escape.ts";
import { renderGraph } from "./graph.ts";
import type { Section } from "./section.ts";
import { sectionsOf } from "./sections.ts";
import { summary } from "./summary.ts";

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #59636e; --line: #d1d9e0; --mark: #0a58ca; --warn: #b3261e; --fill: #f6f8fa }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9198a1; --line: #3d444d; --mark: #6cb0ff; --warn: #ff8a80; --fill: #161b22 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 75rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
a { color: var(--mark) }
nav ul { columns: 16rem; padding-left: 1.2rem }
.table { overflow-x: auto }
table { border-collapse: collapse; font-size: .875rem }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; white-space: pre-line; overflow-wrap: anywhere; min-width: 4rem }
th { background: var(--fill) }
pre { background: var(--fill); border: 1px solid var(--line); padding: .75rem; overflow-x: auto; font-size: .8125rem }
details { margin: .75rem 0 }
figure { margin: 1rem 0 }
figcaption { color: var(--faint); font-size: .875rem }
svg { width: 100%; height: auto }
svg text { fill: var(--ink); font: 14px system-ui, sans-serif }
.module circle { fill: var(--mark); stroke: var(--mark); stroke-width: 2 }
.module.library circle { fill: var(--paper) }
.arrow { fill: none; stroke: var(--faint); stroke-opacity: .55 }
.arrow.cycle { stroke: var(--warn); stroke-dasharray: 6 4; stroke-opacity: .9 }
.arrow:hover { stroke-opacity: 1 }
marker path { fill: context-stroke }
`;

/** The report as one page that needs nothing but itself: no script, no font, no network. */
export function renderHtml(report: Report): string {
  const sections = sectionsOf(report);
  const commit = report.commit === undefined ? "" : ` at ${report.commit.slice(0, 12)}`;
  const title = html(`Audit of ${report.project}${commit}`);
  const contents = sections.map(({ title }, index) => `<li><a href="#s${index}">${html(title)}</a></li>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${title}</h1><ul>${summary(report)
    .split("\n")
    .map((line) => `<li>${html(line)}</li>`)
    .join("")}</ul></header>
<main>
${renderGraph(report)}
<nav aria-label="Contents"><ul>${contents}</ul></nav>
${sections.map(render).join("\n")}
</main>
</body>
</html>
`;
}

function render({ title, about, none, columns, rows, texts = [] }: Section, index: number): string {
  const head = columns.map((column) => `<th scope="col">${html(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${html(cell)}</td>`).join("")}</tr>`).join("\n");
  const table =
    rows.length === 0
      ? `<p>${html(none)}</p>`
      : `<div class="table" tabindex="0" role="region" aria-labelledby="s${index}"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
  const parts = texts.map(
    ({ title, text }) => `<details><summary>${html(title)}</summary><pre tabindex="0">${html(text)}</pre></details>`,
  );
  return `<section><h2 id="s${index}">${html(title)}</h2><p>${html(about)}</p>${table}${parts.join("")}</section>`;
}
