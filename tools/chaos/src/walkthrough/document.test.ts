import { describe, expect, it } from "vitest";
import { notPrinted, stepsOf } from "./document.ts";

const fence = "```";

describe("stepsOf", () => {
  it("reads commands with what they print, terminals, and their ends, in order", () => {
    const markdown = `# Title
${fence}sh terminal
serve me
${fence}
Then, by hand:
${fence}diff
+ a line
${fence}
${fence}sh
first
second
${fence}
${fence}text
done
…
${fence}
Ctrl-C in the terminal of \`serve me\`, and it says
${fence}text
gone
${fence}
`;
    expect(stepsOf(markdown)).toEqual([
      { tag: "terminals", commands: ["serve me"], line: 2 },
      { tag: "commands", text: "first\nsecond", line: 9, shown: ["done"] },
      { tag: "interrupt", command: "serve me", line: 17, shown: ["gone"] },
    ]);
  });

  it("refuses output that nothing has printed, and a block without an end", () => {
    expect(() => stepsOf(`${fence}text\nx\n${fence}`)).toThrow("line 1: nothing is run that could print this");
    expect(() => stepsOf(`${fence}sh\nx`)).toThrow("line 1: the block has no end");
  });
});

describe("notPrinted", () => {
  it("forgives figures, times, widths and whatever follows an ellipsis", () => {
    const output = "2026-11-21T08:00:00Z  user  held for 512 ms\nby ada@host (mover)\nlong line with more\n";
    const shown = ["2027-01-01T10:11:12Z user held for 7 ms", "by root@db-7 (mover)", "long line …"];
    expect(notPrinted(shown, output)).toEqual([]);
  });

  it("names what was not said", () => {
    expect(notPrinted(["user held for 7 ms", "7 s"], "user held for 7 s\n7 s of it")).toEqual([
      "user held for 7 ms",
      "7 s",
    ]);
  });
});
