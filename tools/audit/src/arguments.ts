import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** What an audit was asked for. */
export interface Arguments {
  /** Folder of the project. */
  readonly path: string;
  /** Folder that the reports go to, default `audit` in the working directory. */
  readonly out: string;
  readonly modules: readonly string[];
  readonly cpuprofile: string | undefined;
}

export const usage = `usage: node tools/audit/src/main.ts <path> [--modules <glob>]… [--cpuprofile <file>] [--out <folder>]

  <path>         folder of a TypeScript project; nothing of it is run, and nothing is written there
  --modules      folders that are modules, relative to <path>, as in "src/domains/*"; found by their usual places
  --cpuprofile   what "node --cpu-prof" wrote: its hot functions are mapped to modules
  --out          folder for report.md, report.json and report.html, default ./audit
`;

/** @throws {UsageError} naming the first argument that is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [path, second] = positionals;
  if (path === undefined) throw new UsageError("no path: expected the folder of a TypeScript project");
  if (second !== undefined) throw new UsageError(`argument ${JSON.stringify(second)}: expected one path`);
  return { path, out: values.out ?? "audit", modules: values.modules ?? [], cpuprofile: values.cpuprofile };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        modules: { type: "string", multiple: true },
        cpuprofile: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(".")[0] ?? "") : String(error), {
      cause: error,
    });
  }
}
