import type { Terminal } from "../terminal.ts";

export interface MemoryTerminal extends Terminal {
  /** What was written to stdout so far. */
  output(): string;
  /** What was written to stderr so far. */
  errors(): string;
  /** What Ctrl-C does. */
  interrupt(): void;
}

/** A terminal that keeps in memory what is written to it. */
export function memoryTerminal(
  options: { readonly env?: Terminal["env"]; readonly isTTY?: boolean } = {},
): MemoryTerminal {
  let [output, errors] = ["", ""];
  const stopped = new AbortController();
  return {
    env: options.env ?? {},
    stdout: { isTTY: options.isTTY, columns: 200, rows: 50, write: (text) => (output += text) },
    stderr: { write: (text) => (errors += text) },
    interruption: () => ({ signal: stopped.signal, [Symbol.dispose]: () => undefined }),
    output: () => output,
    errors: () => errors,
    interrupt: () => stopped.abort(),
  };
}
