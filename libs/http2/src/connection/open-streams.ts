/** The least number of places; a power of two, as is every number of them. */
const leastPlaces = 16;

interface Numbered {
  readonly id: number;
}

/**
 * The streams of a connection that are open, by their numbers.
 *
 * It does what a `Map` does, and leaves no garbage. A `Map` that gets and loses an entry for each call makes itself a new
 * table every some hundred calls, and the old one refers to the new one. Once one of them is in V8's old generation,
 * where the next collection is far off, all that follow survive too, with the streams in them: every call ends up
 * there, and pauses of 10 ms with it.
 *
 * Streams are numbered one after another, so that nearly each has its place for itself; a peer that leaves gaps on purpose
 * makes us look at some more of them.
 */
export class OpenStreams<Item extends Numbered> {
  #places: (Item | undefined)[] = emptyPlaces(leastPlaces);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Item | undefined {
    return this.#places[this.#find(id)];
  }

  /** Adds one whose number no other one has. */
  add(item: Item): void {
    if (2 * this.#size >= this.#places.length) this.#grow();
    this.#places[this.#find(item.id)] = item;
    this.#size++;
  }

  delete(id: number): void {
    const places = this.#places;
    const last = places.length - 1;
    let gap = this.#find(id);
    if (places[gap] === undefined) return;
    this.#size--;
    // Those that had to take a place further on move up, so that nobody is looked for in vain.
    for (let at = (gap + 1) & last; ; at = (at + 1) & last) {
      const item = places[at];
      if (item === undefined) break;
      const home = homeOf(item.id) & last;
      if (((at - home) & last) < ((at - gap) & last)) continue;
      places[gap] = item;
      gap = at;
    }
    places[gap] = undefined;
  }

  /** Those that are open now; what opens or ends meanwhile changes nothing about them. */
  all(): Item[] {
    return this.#places.filter((item) => item !== undefined);
  }

  /** Where it is, or would be. */
  #find(id: number): number {
    const places = this.#places;
    const last = places.length - 1;
    let at = homeOf(id) & last;
    for (let item = places[at]; item !== undefined && item.id !== id; item = places[at]) at = (at + 1) & last;
    return at;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = emptyPlaces(2 * before.length);
    for (const item of before) if (item !== undefined) this.#places[this.#find(item.id)] = item;
  }
}

/** A side numbers its streams by steps of two. @see RFC 9113, section 5.1.1 */
function homeOf(id: number): number {
  return id >>> 1;
}

function emptyPlaces<Item>(count: number): (Item | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}
