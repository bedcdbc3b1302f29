import { describe, expect, it } from "vitest";
import { readArguments, usage } from "./arguments.ts";

describe("the arguments of npm start", () => {
  it.each([
    [[], { tag: "start", observe: false }],
    [["--observe"], { tag: "start", observe: true }],
    [["--observe", "--help"], { tag: "help" }],
  ])("%j", (args, request) => {
    expect(readArguments(args)).toEqual(request);
  });

  it.each([["--observ"], ["observe"]])("refuse %s, and say what there is", (unknown) => {
    expect(() => readArguments(["--observe", unknown])).toThrow(`${unknown} is not known; ${usage}`);
  });
});
