import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";

/** Writes the three reports into a folder, which is made, and answers their paths. */
export function writeReports(report: Report, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const reports = {
    "report.md": renderMarkdown(report),
    "report.json": `${JSON.stringify(report, null, 2)}\n`,
    "report.html": renderHtml(report),
  };
  return Object.entries(reports).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}
