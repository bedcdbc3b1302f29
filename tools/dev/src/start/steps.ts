import { styleText } from "node:util";

/** Where progress is shown: a terminal, or a file. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Shows what is being done, and with a tick and its time what is done. Disposal ends the spinner. */
export interface Steps extends Disposable {
  /** Does one step; `done` words the line that is shown for it in the end. */
  run<T>(title: string, work: Promise<T>, done: (result: T) => string): Promise<T>;
  /** Shows lines of their own, above what is being done. */
  print(...lines: readonly string[]): void;
  /** Shows a line that is of less weight. */
  note(line: string): void;
  /** Shows nothing any more of the steps that are under way: their end is of no interest. */
  abandon(): void;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
const eraseLine = "\r\u001B[2K";

/** A terminal shows a spinner with the steps that are under way; a file gets the lines alone. */
export function createSteps(screen: Screen): Steps {
  const underWay = new Set<string>();
  let frame = 0;

  const colour = (style: "green" | "red" | "dim", text: string): string =>
    screen.isTTY ? styleText(style, text, { validateStream: false }) : text;
  const draw = (): void => {
    if (screen.isTTY && underWay.size > 0) screen.write(`${frames[frame % frames.length]} ${[...underWay].join(", ")}`);
  };
  const print = (...lines: readonly string[]): void => {
    const erase = screen.isTTY && underWay.size > 0 ? eraseLine : "";
    screen.write(erase + lines.map((line) => `${line}\n`).join(""));
    draw();
  };
  const abandon = (): void => {
    if (screen.isTTY && underWay.size > 0) screen.write(eraseLine);
    underWay.clear();
  };
  const spinner = setInterval(() => {
    frame += 1;
    if (screen.isTTY && underWay.size > 0) screen.write(eraseLine);
    draw();
  }, frameMs);

  return {
    async run(title, work, done) {
      const startedAt = performance.now();
      underWay.add(title);
      const finish = (line: string): void => {
        if (!underWay.has(title)) return;
        if (screen.isTTY) screen.write(eraseLine);
        underWay.delete(title);
        print(line);
      };
      try {
        const result = await work;
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        finish(`${colour("green", "✔")} ${done(result)}  ${colour("dim", `${seconds} s`)}`);
        return result;
      } catch (error) {
        finish(`${colour("red", "✘")} ${title}`);
        throw error;
      }
    },
    print,
    note: (line) => print(colour("dim", `  ${line}`)),
    abandon,
    [Symbol.dispose]() {
      clearInterval(spinner);
      abandon();
    },
  };
}
