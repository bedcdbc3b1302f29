/** Numbers in [0, 1) that look random and are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of `calls` are hit, each with probability `part` in [0, 1): it jumps from hit to hit, for most are none. */
export function hitsAmong(random: () => number, calls: number, part: number): number {
  if (part <= 0) return 0;
  const jump = (): number => Math.floor(Math.log(1 - random()) / Math.log(1 - part)) + 1;
  let hits = 0;
  for (let call = jump(); call <= calls; call += jump()) hits += 1;
  return hits;
}
