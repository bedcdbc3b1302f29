/** Tells what is going on: on a terminal in one line, elsewhere line by line, the same thing once. */
export interface Progress extends Disposable {
  readonly say: (line: string) => void;
}

/** What a terminal understands as: to the beginning of the line, and clear it. */
const clearLine = "\r\u001b[K";

export function openProgress(stream: Pick<NodeJS.WriteStream, "isTTY" | "write" | "columns">): Progress {
  if (!stream.isTTY) return { say: (line) => void stream.write(`${line}\n`), [Symbol.dispose]: () => undefined };
  return {
    say: (line) => void stream.write(`${clearLine}${line.slice(0, (stream.columns || 80) - 1)}`),
    [Symbol.dispose]: () => void stream.write(clearLine),
  };
}
