import type { Terminal } from "./terminal.ts";

/** One thing that `banyan` does. */
export interface Command {
  /** What it does, in a line of `banyan --help`. */
  readonly summary: string;
  /** All of `banyan <command> --help`. */
  readonly usage: string;
  /**
   * @param args what follows the command's name
   * @throws {UsageError} when they are wrong: exit code 2
   * @throws {ExpectedError} when it fails in a way that an operator can do something about: exit code 1
   */
  run(args: readonly string[], terminal: Terminal): Promise<void>;
}
