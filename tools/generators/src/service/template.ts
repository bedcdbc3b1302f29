import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { namesOf, type ServiceNames, type Spellings } from "./names.ts";

const folder = join(import.meta.dirname, "template");
/** Keeps tools from taking the files for part of the workspace. */
const suffix = ".template";

/** The service that the template is. Two words, so that each spelling of its name differs from all others. */
export const templateName = "fig-tree";
export const templatePort = 50054;
const template = namesOf(templateName);

/** A service to write. */
export interface NewService {
  readonly names: ServiceNames;
  /** For callers; the private one is 1000 above. */
  readonly port: number;
}

/** The files of the template by the paths that they are to have in the workspace, as they stand. */
export function readTemplate(): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path.endsWith(suffix))
      .map((path) => [
        relative(folder, path).replaceAll("\\", "/").slice(0, -suffix.length),
        readFileSync(path, "utf8"),
      ]),
  );
}

/** The files of a service: the template with its name and its ports replaced, in texts and paths alike. */
export function renderTemplate(service: NewService): ReadonlyMap<string, string> {
  return new Map([...readTemplate()].map(([path, text]) => [rename(path, service), rename(text, service)]));
}

/**
 * All spellings in one pass: what has been put in place is not read again. The longest first: `fig-trees` begins as
 * `fig-tree` does.
 */
function rename(text: string, { names, port }: NewService): string {
  const article = /^[aeiou]/.test(names.one.words) ? "an" : "a";
  const replacements = new Map([
    ...pairs(template.many, names.many),
    ...pairs(template.one, names.one),
    [` a ${template.one.words}`, ` ${article} ${names.one.words}`],
    [String(templatePort), String(port)],
    [String(templatePort + 1000), String(port + 1000)],
  ]);
  const longestFirst = [...replacements.keys()].sort((a, b) => b.length - a.length);
  return text.replaceAll(new RegExp(longestFirst.join("|"), "g"), (found) => replacements.get(found) ?? found);
}

function pairs(from: Spellings, to: Spellings): [string, string][] {
  const replaced = Object.values<string>(from);
  return Object.values<string>(to).map((spelling, index) => [replaced[index] ?? "", spelling]);
}
