/** The longest that a timer can be set for: 24.8 days. */
const longestMs = 2 ** 31 - 1;

/**
 * Waits for SIGTERM or SIGINT, and keeps the process alive until then. A second one, while the program is shutting down,
 * ends it at once in the system's way.
 */
export function terminationSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // A listener for a signal keeps no process alive, and a program need not have anything else that does.
    const alive = setInterval(() => undefined, longestMs);
    const stop = (signal: NodeJS.Signals): void => {
      clearInterval(alive);
      process.off("SIGTERM", stop).off("SIGINT", stop);
      resolve(signal);
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
  });
}
