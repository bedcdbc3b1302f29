import { readFile } from "node:fs/promises";

/** One line of a service's JSON log. */
export interface LogLine {
  readonly level: string;
  readonly service: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The lines that a service has logged so far. A line that is not an object of JSON is an error: all of stdout is log. */
export async function readLog(file: string): Promise<readonly LogLine[]> {
  const text = await readFile(file, "utf8");
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  return complete
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
}

function parseLine(line: string): LogLine {
  const value: unknown = JSON.parse(line);
  if (!isLogLine(value)) throw new Error(`not a line of a log: ${line}`);
  return value;
}

function isLogLine(value: unknown): value is LogLine {
  return (
    typeof value === "object" &&
    value !== null &&
    ["level", "service", "msg"].every((name) => name in value && typeof Reflect.get(value, name) === "string")
  );
}
