import { describe, expect, it } from "vitest";
import { renderChart, type Bar } from "./chart.ts";

const bar = (words: string, value: number, isOurs = false): Bar => ({ words, value, note: "2.0 x", isOurs });

describe("renderChart", () => {
  const panels = ["one", "two", "three"].map((title) => ({
    title,
    subtitle: "calls/s",
    bars: [bar("ours", 200, true), bar("theirs", 100)],
  }));
  const svg = renderChart("A & B", panels, "at <home>");

  it("draws bars as long as their values, each panel to its own scale", () => {
    const widths = [...svg.matchAll(/<rect x=.*? width="(\d+)"/g)].map(([, width]) => Number(width));
    expect(widths).toHaveLength(6);
    expect(new Set(widths.map((width, i) => (i % 2 === 0 ? width : width * 2)))).toHaveLength(1);
  });

  it("puts two panels beside each other, and the third below", () => {
    const titles = ["one", "two", "three"].map((title) => new RegExp(`x="(\\d+)" y="(\\d+)"[^>]*>${title}<`).exec(svg));
    const [first, second, third] = titles.map((found) => [Number(found?.[1]), Number(found?.[2])]);
    expect(second?.[1]).toBe(first?.[1]);
    expect(third?.[0]).toBe(first?.[0]);
    expect(third?.[1]).toBeGreaterThan(first?.[1] ?? Infinity);
  });

  it("writes words as text, and values with their factors", () => {
    expect(svg).toContain("A &amp; B");
    expect(svg).toContain("at &lt;home&gt;");
    expect(svg).toContain(">200 · 2.0 x<");
  });

  it("is a picture without panels too", () => {
    expect(renderChart("nothing", [], "")).toMatch(/^<svg [^]*<\/svg>\n$/);
  });
});
