import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Calls `onLine` for every line of a stream. An error of the stream is left to the stream's own listeners. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const lines = createInterface(stream);
  lines.on("line", onLine);
  lines.on("error", () => undefined); // readline passes the stream's error on, and throws it where nobody listens
}
