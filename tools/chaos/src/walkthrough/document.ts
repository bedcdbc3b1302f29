/** What a walkthrough tells its reader to do, in order. */
export type Step =
  /** Commands that end, each with exit code 0. `shown`: what of their output the document shows; none where it shows none. */
  | { readonly tag: "commands"; readonly text: string; readonly line: number; readonly shown: readonly string[] }
  /** Commands that go on, each in a terminal of its own. */
  | { readonly tag: "terminals"; readonly commands: readonly string[]; readonly line: number }
  /** Ctrl-C in the terminal of that command. */
  | { readonly tag: "interrupt"; readonly command: string; readonly line: number; readonly shown: readonly string[] };

const fence = /^```(\S*) ?(.*)$/;
const interrupt = /^Ctrl-C in the terminal of `([^`]+)`/;

/**
 * Reads the steps out of Markdown: blocks of `sh`, blocks of `sh terminal`, paragraphs that begin with "Ctrl-C in the terminal
 * of" and a command. A block of `text` is what the step before it prints. All else is for people.
 */
export function stepsOf(markdown: string): readonly Step[] {
  const steps: Step[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const stopped = interrupt.exec(lines[index] ?? "")?.[1];
    if (stopped !== undefined) steps.push({ tag: "interrupt", command: stopped, line, shown: [] });
    const [, language, kind] = fence.exec(lines[index] ?? "") ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    if (end < 0) throw new Error(`line ${line}: the block has no end`);
    const block = lines.slice(index + 1, end);
    index = end;
    if (language === "text") show(steps, block, line);
    else if (language === "sh") steps.push(kind === "terminal" ? terminals(block, line) : commands(block, line));
  }
  return steps;
}

function commands(block: readonly string[], line: number): Step {
  return { tag: "commands", text: block.join("\n"), line, shown: [] };
}

function terminals(block: readonly string[], line: number): Step {
  return { tag: "terminals", commands: block.filter((text) => text !== "" && !text.startsWith("#")), line };
}

function show(steps: Step[], shown: readonly string[], line: number): void {
  const last = steps.pop();
  if (last === undefined || last.tag === "terminals")
    throw new Error(`line ${line}: nothing is run that could print this`);
  steps.push({ ...last, shown: shown.filter((text) => text.trim() !== "" && text.trim() !== "…") });
}

/**
 * Which lines that are shown were not printed: figures, times, names of people and machines, and the width of columns may be
 * others; after a "…" may come anything.
 */
export function notPrinted(shown: readonly string[], output: string): readonly string[] {
  const printed = output.split("\n").map(likeness);
  return shown.filter((text) => {
    const [start = "", ...rest] = text.split("…");
    const wanted = likeness(start);
    return !printed.some((line) => (rest.length > 0 ? line.startsWith(wanted) : line === wanted));
  });
}

function likeness(text: string): string {
  return text
    .replaceAll(/\S+@\S+/g, "somebody@somewhere")
    .replaceAll(/\b\S*[0-9a-f]{7,}\b/g, "0")
    .replaceAll(/[0-9][0-9.,:]*/g, "0")
    .replaceAll(/\s+/g, " ")
    .trim();
}
