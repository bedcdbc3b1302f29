import { packageOf, specifiersOf } from "../specifiers.ts";

/** A program out of a README. */
export interface Example {
  readonly code: string;
  /** The packages that it imports: what one installs for it. */
  readonly packages: readonly string[];
  /** The lines that it says it prints, in their order; `…` stands for anything. */
  readonly prints: readonly string[];
  /** Whether it goes on until SIGTERM, as a server does. */
  readonly serves: boolean;
}

/** A file beside the programs that a README shows: a block that begins with its path in a comment. */
export interface ExampleFile {
  readonly path: string;
  readonly text: string;
}

/** The programs of a README: its blocks of TypeScript that begin with an import. The others are excerpts. */
export function examplesOf(readme: string): readonly Example[] {
  return blocksOf(readme, "ts")
    .filter((code) => code.startsWith("import "))
    .map((code) => {
      const imported = specifiersOf("example.ts", code).map(({ text }) => text);
      const packages = imported.filter((name) => !/^(\.|node:)/.test(name)).map(packageOf);
      return {
        code,
        packages: [...new Set(packages)],
        prints: printedBy(code),
        serves: /SIGTERM|terminationSignal\(/.test(code),
      };
    });
}

/** `-- migrations/0001_items.sql` on the first line of a block names its file. */
export function filesOf(readme: string): readonly ExampleFile[] {
  return blocksOf(readme, "sql").flatMap((text) => {
    const [, path] = /^-- (\S+\.sql)\n/.exec(text) ?? [];
    return path === undefined ? [] : [{ path, text }];
  });
}

function blocksOf(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text = ""]) =>
    found === language ? [text] : [],
  );
}

/** `console.log(name); // Ada` -> `Ada` */
function printedBy(code: string): readonly string[] {
  return [...code.matchAll(/console\.log\(.*\)[;,]? \/\/ (.+)$/gm)].map(([, line = ""]) => line);
}

/** Whether `printed` has the lines that are expected, in that order; others may stand between them. */
export function hasPrinted(printed: string, expected: readonly string[]): boolean {
  const lines = printed.split("\n").values();
  return expected.every((line) => {
    const pattern = new RegExp(
      `^${line
        .split("…")
        .map((part) => RegExp.escape(part))
        .join(".*")}$`,
    );
    return lines.some((candidate) => pattern.test(candidate));
  });
}
