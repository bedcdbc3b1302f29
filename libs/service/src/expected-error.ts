/**
 * A failure that an operator can do something about: the message says what, in one line and without secrets. `run`
 * prints it alone, without a stack.
 */
export class ExpectedError extends Error {
  override readonly name: string = "ExpectedError";
}
