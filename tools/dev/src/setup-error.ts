/**
 * Something that can be foreseen went wrong while the development environment came up or went down: a taken port, no
 * network at the first fetch, a full disk.
 *
 * The message is for the person at the terminal: what is wrong and what to do about it. It is printed without a stack.
 */
export class SetupError extends Error {
  override readonly name: string = "SetupError";
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replaceAll(/\s*\n\s*/g, "; ");
}
