import { fieldBytes } from "./header-list.ts";
import { staticEntries } from "./static-table.ts";

/** What is told of every entry that leaves, and when it came: its `order`. */
export type Evicted = (name: string, value: string, order: number) => void;

/**
 * The fields that a connection remembers in one direction: first in, first out, bounded in octets.
 *
 * @see RFC 7541, sections 2.3.2 and 4
 */
export class DynamicTable {
  /** Counts the changes: what was derived from the table holds while this is the same. */
  generation = 0;
  #names: string[] = [];
  #values: string[] = [];
  /** Where the oldest entry is in the arrays; those before it have left. */
  #first = 0;
  #bytes = 0;
  #maxBytes: number;
  readonly #onEvicted: Evicted | undefined;

  constructor(maxBytes: number, onEvicted?: Evicted) {
    this.#maxBytes = maxBytes;
    this.#onEvicted = onEvicted;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** What its entries count together, in octets. */
  get bytes(): number {
    return this.#bytes;
  }

  get entries(): number {
    return this.#names.length - this.#first;
  }

  /** Changes the bound; what does not fit any more leaves. */
  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#makeRoom(0);
    this.generation++;
  }

  /**
   * Adds a field as the newest entry. One that is larger than the whole table empties it, and is not kept.
   *
   * @returns its order, by which `indexOf` finds it; undefined when it was not kept
   * @see RFC 7541, section 4.4
   */
  add(name: string, value: string): number | undefined {
    const bytes = fieldBytes(name, value);
    this.generation++;
    this.#makeRoom(bytes);
    if (bytes > this.#maxBytes) return undefined;
    this.#compact();
    this.#names.push(name);
    this.#values.push(value);
    this.#bytes += bytes;
    return this.#added++;
  }

  /** The index that an entry has now, by its order. */
  indexOf(order: number): number {
    return staticEntries + this.#added - order;
  }

  /** The name of the entry with this index, as blocks count: the newest follows the static table. Undefined beyond the end. */
  nameAt(index: number): string | undefined {
    const at = this.#names.length + staticEntries - index;
    return at < this.#first ? undefined : this.#names[at];
  }

  /** The value of the entry with this index. */
  valueAt(index: number): string | undefined {
    const at = this.#values.length + staticEntries - index;
    return at < this.#first ? undefined : this.#values[at];
  }

  #added = 0;

  #makeRoom(bytes: number): void {
    while (this.#bytes + bytes > this.#maxBytes && this.entries > 0) {
      const name = this.#names[this.#first] ?? "";
      const value = this.#values[this.#first] ?? "";
      this.#onEvicted?.(name, value, this.#added - this.entries);
      this.#names[this.#first] = this.#values[this.#first] = "";
      this.#first++;
      this.#bytes -= fieldBytes(name, value);
    }
  }

  /** Gives back the places of entries that have left, when they are the most. */
  #compact(): void {
    if (this.#first < 64 || this.#first < this.entries) return;
    this.#names = this.#names.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }
}
