import { describe, expect, it } from "vitest";
import { neededService, readFlags } from "./flags.ts";
import { UsageError } from "./usage-error.ts";

const names = { valued: ["--to"], switches: ["--json"] };

describe("readFlags", () => {
  it("reads a service, flags with a value in either form, and switches", () => {
    const flags = readFlags(["--to", "0.5", "user", "--json"], names);
    expect([flags.service, flags.number("--to", 0, 1), flags.has("--json")]).toEqual(["user", 0.5, true]);
    expect(readFlags(["--to=1"], names).text("--to")).toBe("1");
    expect(readFlags([], names).number("--to", 0, 1)).toBeUndefined();
  });

  it.each([
    [["-x"], 'argument "-x": expected one of --to, --json'],
    [["--json=1"], 'argument "--json=1": expected one of'],
    [["--json", "--json"], "--json: expected once"],
    [["--to", "--json"], "--to: expected a value after it"],
    [["a", "b"], 'argument "b": expected one service at most'],
    [["A"], 'argument "A": expected 1 to 63'],
  ])("refuses %j", (args, message) => {
    expect(() => readFlags(args, names)).toThrow(UsageError);
    expect(() => readFlags(args, names)).toThrow(message);
  });

  it.each(["", "-1", "2", "1e0", "0x1", " 1", "1.", "NaN"])("refuses the number %j", (text) => {
    expect(() => readFlags([`--to=${text}`], names).number("--to", 0, 1)).toThrow(
      /^--to: expected a number in \[0, 1\], got/,
    );
  });

  it("names what is missing", () => {
    expect(() => neededService(readFlags([], names))).toThrow("service: expected the name of one, as in user");
  });
});
