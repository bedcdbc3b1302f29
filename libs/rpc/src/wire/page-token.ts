import { createHash } from "node:crypto";
import { InvalidInputError } from "@banyan/errors";

const maxChars = 512;
const digestBytes = 9;

/**
 * A page token: an opaque string of at most 512 characters of `A-Z a-z 0-9 - _` that stands for a place in a list.
 *
 * @param list what is listed, with whatever selects from it: a token of one list is refused for any other
 * @param cursor where the next page begins, as in the last key of this one; callers can read it, so no secrets
 * @throws {RangeError} when the cursor is empty or longer than a token can hold (375 bytes of UTF-8)
 */
export function encodePageToken(list: string, cursor: string): string {
  const place = Buffer.from(cursor);
  const token = Buffer.concat([digest(list, place), place]).toString("base64url");
  if (place.length === 0 || token.length > maxChars) {
    throw new RangeError(`cursor: expected 1 to 375 bytes, got ${place.length}`);
  }
  return token;
}

/**
 * The cursor in a page token of this list. The first page has no token: ask before decoding.
 *
 * The digest in a token catches what was made up, cut or meant for another list. It is no signature: do not trust a
 * cursor with more than the caller could ask for anyway.
 *
 * @throws {InvalidInputError} naming `page_token`, for everything that `encodePageToken` has not made for this list
 */
export function decodePageToken(list: string, token: string): string {
  const bytes = Buffer.from(token.slice(0, maxChars + 1), "base64url");
  const place = bytes.subarray(digestBytes);
  const ours =
    token.length <= maxChars &&
    place.length > 0 &&
    bytes.toString("base64url") === token &&
    bytes.subarray(0, digestBytes).equals(digest(list, place));
  if (!ours) {
    throw new InvalidInputError([{ field: "page_token", description: "must be a next_page_token of the same list" }]);
  }
  return place.toString();
}

function digest(list: string, place: Buffer): Buffer {
  return createHash("sha256").update(`${list.length}:${list}:`).update(place).digest().subarray(0, digestBytes);
}
