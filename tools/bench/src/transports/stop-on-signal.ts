import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The bench was told to stop; everything is closed in order before it ends. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  /** As shells count it: 130 for Ctrl-C. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** A signal that is aborted by Ctrl-C and the like, until it is disposed of. A second Ctrl-C ends the process at once. */
export function stopOnSignal(): Disposable & { readonly signal: AbortSignal } {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    stopping.abort(new StoppedError(signal));
    release();
  };
  const release = (): void => signals.forEach((signal) => process.removeListener(signal, stop));
  signals.forEach((signal) => process.on(signal, stop));
  return { signal: stopping.signal, [Symbol.dispose]: release };
}
