/** The arguments are not as the command takes them; the message names the argument and the rule, in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
