import { isSide, type Side } from "../side.ts";

/** By this header a tester asks for a side: `legacy` or `candidate`; any other value is none. */
export const sideHeader = "x-banyan-side";

/** With this header a write names the epoch under which its side owns the writes: a whole number. */
export const writeEpochHeader = "x-banyan-write-epoch";

export type HeaderFields = ConstructorParameters<typeof Headers>[0];

export function askedSide(header: HeaderFields): Side | undefined {
  if (header === undefined) return undefined;
  const asked = new Headers(header).get(sideHeader);
  return isSide(asked) ? asked : undefined;
}

/** The headers of a write. What a caller has put in the epoch's place is not believed. */
export function withWriteEpoch(header: HeaderFields, epoch: number): HeaderFields {
  if (epoch === 0 && header === undefined) return undefined;
  const headers = new Headers(header);
  if (epoch === 0) headers.delete(writeEpochHeader);
  else headers.set(writeEpochHeader, String(epoch));
  return headers;
}

/**
 * The epoch that a write names, for the resource that is to refuse older ones: 0 where there is none.
 *
 * @throws {RangeError} when the header is not a whole number, which no split sends
 */
export function writeEpochOf(headers: Headers): number {
  const text = headers.get(writeEpochHeader);
  if (text === null) return 0;
  const epoch = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(epoch)) return epoch;
  throw new RangeError(`${writeEpochHeader}: expected an integer in [0, ${Number.MAX_SAFE_INTEGER}]`);
}
