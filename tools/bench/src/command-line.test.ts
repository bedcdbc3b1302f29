import { describe, expect, it } from "vitest";
import type { Bench } from "./bench.ts";
import { readCommand } from "./command-line.ts";

const bench: Bench = {
  name: "a-bench",
  description: "",
  settings: { rounds: 100, watchers: 10 },
  aims: [],
  run: async () => undefined,
};

const chosen: Bench = { ...bench, name: "chosen", settings: { peers: ["a", "b", "c"], results: "results" } };

describe("readCommand", () => {
  it("takes the defaults where nothing is said", () => {
    expect(readCommand(["a-bench"], [bench])).toEqual({ bench, settings: { rounds: 100, watchers: 10 } });
    expect(readCommand(["a-bench", "--rounds", "5"], [bench]).settings).toEqual({ rounds: 5, watchers: 10 });
  });

  it("takes lists of names, and texts", () => {
    const { settings } = readCommand(["chosen", "--peers", "b,c", "--results", "/tmp/x"], [chosen]);
    expect(settings).toEqual({ peers: ["b", "c"], results: "/tmp/x" });
    expect(readCommand(["chosen"], [chosen]).settings).toEqual(chosen.settings);
    expect(() => readCommand(["chosen", "--peers", "b,d"], [chosen])).toThrow(
      `--peers: expected some of a,b,c, got "d"`,
    );
    expect(() => readCommand(["chosen", "--peers", ""], [chosen])).toThrow(`expected some of a,b,c, got ""`);
  });

  it.each([
    ["no name", [], "no bench is named; there are: a-bench"],
    ["an unknown name", ["b"], "no bench is called b; there are: a-bench"],
    ["an unknown setting", ["a-bench", "--round", "5"], "a-bench has: --rounds 100 --watchers 10"],
    ["a setting without a value", ["a-bench", "--rounds"], "a-bench has: --rounds 100 --watchers 10"],
    ["a word too many", ["a-bench", "5"], "a-bench has:"],
    ["0", ["a-bench", "--rounds", "0"], `--rounds: expected a whole number in [1, 9999999], got "0"`],
    ["a fraction", ["a-bench", "--rounds", "1.5"], `got "1.5"`],
    ["8 digits", ["a-bench", "--rounds", "10000000"], `got "10000000"`],
  ])("refuses %s", (_, args, message) => {
    expect(() => readCommand(args, [bench])).toThrow(message);
  });
});
