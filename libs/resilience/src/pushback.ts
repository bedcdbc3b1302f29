/** The header by which a server says when to try again. */
export const pushbackHeader = "grpc-retry-pushback-ms";

/**
 * What a server says of trying again: milliseconds to wait, or -1 for "do not"; undefined where it says nothing. A value
 * that cannot be read counts as "do not", as the gRFC has it.
 *
 * @see https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
 */
export function pushbackMsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  return /^[0-9]{1,10}$/.test(header) ? Number(header) : -1;
}
