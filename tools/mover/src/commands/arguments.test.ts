import { describe, expect, it } from "vitest";
import { readArguments, UsageError } from "./arguments.ts";

describe("readArguments", () => {
  it("has defaults for all but the command and the service", () => {
    expect(readArguments(["run", "user"])).toEqual({
      act: "run",
      service: "user",
      mapping: expect.stringMatching(/\/apps\/monolith\/strangling\/user\.yaml$/),
      back: false,
      pauseSeconds: 15,
      chunkRows: 500,
      development: false,
    });
  });

  it("takes options anywhere", () => {
    expect(readArguments(["flip", "--back", "user", "--pause-seconds", "3"])).toMatchObject({
      back: true,
      pauseSeconds: 3,
    });
  });

  it.each([
    [[], "no command: expected one of setup, run"],
    [["go", "user"], "go: expected one of setup, run"],
    [["run"], "service: expected a name as in user, got none"],
    [["run", "../user"], "service: expected a name as in user, got ../user"],
    [["run", "user", "order"], 'argument "order": expected a command and a service only'],
    [["flip", "user", "--pause-seconds", "2"], '--pause-seconds: expected an integer in [3, 30], got "2"'],
    [["flip", "user", "--pause-seconds", "31"], '--pause-seconds: expected an integer in [3, 30], got "31"'],
    [["run", "user", "--chunk-rows", "0"], '--chunk-rows: expected an integer in [1, 10000], got "0"'],
    [["run", "user", "--fast"], "Unknown option '--fast'"],
  ])("refuses %j in one line", (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });
});
