/**
 * A hash of 32 bits over the UTF-16 units of a text: FNV-1a, with a finish that spreads texts which differ only at their
 * ends. It is the same in every process, and must stay so: subsets and homes of keys depend on it.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return spread(hash);
}

/** One hash of two. */
export function hashPair(left: number, right: number): number {
  return spread(left ^ Math.imul(right, 0x9e3779b1));
}

/** The finish of MurmurHash3: each bit of the result depends on each bit of `hash`. */
function spread(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
