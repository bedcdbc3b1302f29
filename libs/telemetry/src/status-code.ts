import { Code, ConnectError } from "@connectrpc/connect";

/** The code of a call's end as gRPC spells it, `NOT_FOUND`; `OK` where there is no error, `UNKNOWN` for a strange one. */
export function statusCodeOf(error: unknown): string {
  return error === undefined ? "OK" : (names.get(ConnectError.from(error).code) ?? "UNKNOWN");
}

/** gRPC has the word with two Ls. */
const names: ReadonlyMap<Code, string> = new Map(
  Object.entries(Code)
    .filter((entry): entry is [string, Code] => typeof entry[1] === "number")
    .map(([name, code]) => [code, code === Code.Canceled ? "CANCELLED" : screaming(name)]),
);

const known: ReadonlySet<string> = new Set(["OK", ...names.values()]);

/** Whether gRPC has such a code. */
export function isStatusCode(code: string): boolean {
  return known.has(code);
}

function screaming(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (capital) => `_${capital}`).toUpperCase();
}

/**
 * What the conventions count as a failure of the server; the rest is the caller's doing.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/#server-span
 */
const serverFailures: ReadonlySet<string> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);

/** Whether a call that has ended so counts as an error on that side of it. */
export function isFailure(side: "server" | "client", code: string): boolean {
  return side === "client" ? code !== "OK" : serverFailures.has(code);
}
