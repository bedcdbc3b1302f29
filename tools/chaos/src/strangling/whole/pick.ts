/** @throws {RangeError} when there is none */
export function pick<T>(from: readonly T[]): T {
  const picked = from[Math.floor(Math.random() * from.length)];
  if (picked === undefined) throw new RangeError("nothing to pick from");
  return picked;
}

/** Goes through a list that grows, from its beginning to its end and again; undefined while it is empty. */
export function rounds<T>(list: readonly T[]): () => T | undefined {
  let index = -1;
  return () => {
    index = index + 1 < list.length ? index + 1 : 0;
    return list[index];
  };
}
