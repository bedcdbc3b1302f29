/**
 * Where a key stands in [0, 100): the same in every process and at every percentage, so that raising the percentage adds
 * keys and takes none away. FNV-1a over the UTF-16 code units, and the finalizer of MurmurHash3, without which keys that
 * differ in their last character alone stand side by side.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}
