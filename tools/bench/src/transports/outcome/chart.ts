import { formatNumber } from "../../format-number.ts";

export interface Bar {
  readonly words: string;
  readonly value: number;
  /** Written behind the value, as in `25.1 x`. */
  readonly note: string;
  /** Whether it is ours. */
  readonly isOurs: boolean;
}

export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly bars: readonly Bar[];
}

const size = { panel: 460, gap: 24, words: 170, notes: 120, row: 22, title: 42, head: 46, foot: 30 } as const;
const columns = 2;
const colours = { ours: "#1a7f4b", others: "#9aa5b1", text: "#1f2933", faint: "#616e7c", ground: "#ffffff" } as const;

/**
 * Bars in panels, two beside each other, each panel to its own scale from 0.
 *
 * @returns an SVG of its own, no font or style beside it
 */
export function renderChart(title: string, panels: readonly Panel[], foot: string): string {
  const rows = chunk(panels, columns);
  const heights = rows.map(
    (row) => size.title + size.row * Math.max(0, ...row.map(({ bars }) => bars.length)) + size.gap,
  );
  const width = columns * size.panel + (columns + 1) * size.gap;
  const height = size.head + heights.reduce((sum, each) => sum + each, 0) + size.foot;
  let y: number = size.head;
  const drawn = rows.flatMap((row, i) => {
    const parts = row.flatMap((panel, column) => drawPanel(panel, size.gap + column * (size.panel + size.gap), y));
    y += heights[i] ?? 0;
    return parts;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colours.ground}"/>`,
    text(size.gap, 30, title, { size: 17, colour: colours.text, weight: 600 }),
    ...drawn,
    text(size.gap, height - 12, foot, { size: 11, colour: colours.faint }),
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, subtitle, bars }: Panel, x: number, y: number): string[] {
  const most = Math.max(...bars.map(({ value }) => value), 0);
  const room = size.panel - size.words - size.notes;
  return [
    text(x, y + 16, title, { size: 13, colour: colours.text, weight: 600 }),
    text(x, y + 32, subtitle, { size: 11, colour: colours.faint }),
    ...bars.flatMap(({ words, value, note, isOurs }, i) => {
      const top = y + size.title + i * size.row;
      const length = most > 0 ? Math.max(1, Math.round((room * value) / most)) : 0;
      const colour = isOurs ? colours.ours : colours.others;
      const label = `${formatNumber(value)}${note === "" ? "" : ` · ${note}`}`;
      return [
        text(x, top + 12, words, { size: 12, colour: colours.text }),
        `<rect x="${x + size.words}" y="${top}" width="${length}" height="${size.row - 6}" rx="2" fill="${colour}"/>`,
        text(x + size.words + length + 6, top + 12, label, { size: 12, colour: colours.faint }),
      ];
    }),
  ];
}

interface TextStyle {
  readonly size: number;
  readonly colour: string;
  readonly weight?: number;
}

function text(x: number, y: number, words: string, { size: fontSize, colour, weight = 400 }: TextStyle): string {
  return `<text x="${x}" y="${y}" font-size="${fontSize}" font-weight="${weight}" fill="${colour}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function chunk<T>(values: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / length) }, (_, i) =>
    values.slice(i * length, (i + 1) * length),
  );
}
