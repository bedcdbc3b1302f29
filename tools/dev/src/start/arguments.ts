import { SetupError } from "../setup-error.ts";

/** What `npm start` is asked to do. */
export type StartRequest = { readonly tag: "help" } | { readonly tag: "start"; readonly observe: boolean };

export const usage =
  "usage: npm start [-- --observe]   brings everything up until Ctrl-C; --observe adds a Prometheus that scrapes the services";

/** @throws {SetupError} naming what is not known */
export function readArguments(args: readonly string[]): StartRequest {
  const observe = args.includes("--observe");
  if (args.includes("--help") || args.includes("-h")) return { tag: "help" };
  const unknown = args.find((arg) => arg !== "--observe");
  if (unknown !== undefined) throw new SetupError(`${unknown} is not known; ${usage}`);
  return { tag: "start", observe };
}
