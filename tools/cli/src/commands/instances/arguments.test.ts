import { describe, expect, it } from "vitest";
import { UsageError } from "../../usage-error.ts";
import { readArguments } from "./arguments.ts";

describe("readArguments", () => {
  it.each([
    [[], { service: undefined, watch: false, json: false }],
    [["user"], { service: "user", watch: false, json: false }],
    [["--watch", "user", "--json"], { service: "user", watch: true, json: true }],
    [["--json", "--json"], { service: undefined, watch: false, json: true }],
  ])("reads %j", (args, read) => {
    expect(readArguments(args)).toEqual(read);
  });

  it.each([
    [["--foo"], 'argument "--foo": expected --watch or --json'],
    [["user", "-w"], 'argument "-w": expected --watch or --json'],
    [["user", "order"], 'argument "order": expected one service at most'],
    [[""], 'argument "": expected 1 to 63 characters of a-z'],
    [["a/b"], 'argument "a/b": expected 1 to 63 characters of a-z'],
    [["user", "--watch=1"], 'argument "--watch=1": expected --watch or --json'],
  ])("refuses %j, naming the argument and the rule", (args, message) => {
    const read = () => readArguments(args);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});
