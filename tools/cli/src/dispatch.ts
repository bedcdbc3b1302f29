import type { Command } from "./command.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs the command that the first argument names, or shows help.
 *
 * @returns the exit code: 0, or 2 after a line on stderr about wrong arguments
 * @throws what the command throws otherwise
 */
export async function dispatch(
  commands: Readonly<Record<string, Command>>,
  [name, ...args]: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (isHelp(name)) {
    terminal.stdout.write(helpOn(commands));
    return 0;
  }
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if (command === undefined) {
    const expected = `expected one of ${Object.keys(commands).join(", ")} (see banyan --help)`;
    terminal.stderr.write(
      `banyan: ${name === undefined ? "no command" : `command ${JSON.stringify(name)}`}: ${expected}\n`,
    );
    return 2;
  }
  if (args.some(isHelp)) {
    terminal.stdout.write(command.usage);
    return 0;
  }
  try {
    await command.run(args, terminal);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.stderr.write(`banyan ${name}: ${error.message} (see banyan ${name} --help)\n`);
    return 2;
  }
}

function isHelp(argument: string | undefined): boolean {
  return argument === "--help" || argument === "-h";
}

function helpOn(commands: Readonly<Record<string, Command>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`);
  return `usage: banyan <command> [argument…]\n\n${lines.join("")}\nbanyan <command> --help tells more.\n`;
}
