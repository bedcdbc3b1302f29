import { ExpectedError } from "@banyan/service";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import { dispatch } from "./dispatch.ts";
import { memoryTerminal } from "./testing/memory-terminal.ts";
import { UsageError } from "./usage-error.ts";

const greet: Command = {
  summary: "says hello",
  usage: "usage: banyan greet <name>\n",
  async run([name], { stdout }) {
    if (name === undefined) throw new UsageError("name: expected one");
    if (name === "nobody") throw new ExpectedError("nobody is here");
    stdout.write(`hello ${name}\n`);
  },
};

async function banyan(...args: string[]) {
  const terminal = memoryTerminal();
  const code = await dispatch({ greet }, args, terminal);
  return { code, output: terminal.output(), errors: terminal.errors() };
}

describe("dispatch", () => {
  it("runs the command that is named, with the arguments after it", async () => {
    expect(await banyan("greet", "Ada")).toEqual({ code: 0, output: "hello Ada\n", errors: "" });
  });

  it.each(["--help", "-h"])("lists the commands for %s", async (flag) => {
    const { code, output } = await banyan(flag);
    expect([code, output]).toEqual([0, expect.stringContaining("\n  greet  says hello\n")]);
  });

  it.each(["--help", "-h"])(
    "shows the help of a command for %s anywhere after it, and does not run it",
    async (flag) => {
      expect(await banyan("greet", "Ada", flag)).toEqual({ code: 0, output: greet.usage, errors: "" });
    },
  );

  it.each([
    [[], "banyan: no command: expected one of greet (see banyan --help)\n"],
    [["great"], 'banyan: command "great": expected one of greet (see banyan --help)\n'],
    [["toString"], 'banyan: command "toString": expected one of greet (see banyan --help)\n'],
    [["greet"], "banyan greet: name: expected one (see banyan greet --help)\n"],
  ])("refuses %j in one line, with exit code 2", async (args, line) => {
    expect(await banyan(...args)).toEqual({ code: 2, output: "", errors: line });
  });

  it("leaves other failures to its caller", async () => {
    await expect(banyan("greet", "nobody")).rejects.toThrow(ExpectedError);
  });
});
