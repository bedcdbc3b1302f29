import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

/** A program of the bench is told what to do line by line on its standard input, whose end is its own. */
export function commands(): AsyncIterable<string> {
  return createInterface({ input: process.stdin });
}

/** It answers with a line of JSON on this descriptor: standard output belongs to its log. */
const answers = 3;

export function answer(message: object): void {
  writeSync(answers, `${JSON.stringify(message)}\n`);
}

/** The first argument, as JSON. */
export function readTask(): unknown {
  return JSON.parse(process.argv[2] ?? "{}");
}
