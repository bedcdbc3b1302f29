import { DynamicTable } from "./dynamic-table.ts";
import { type HeaderList, fieldBytes } from "./header-list.ts";
import { HpackError } from "./hpack-error.ts";
import { decodeHuffman } from "./huffman-decoder.ts";
import { type Cursor, readInteger } from "./integer.ts";
import { staticEntries, staticNames, staticValues } from "./static-table.ts";

/** Blocks that were seen before are remembered up to this length in octets, and so many of them. */
const longestRemembered = 512;
const mostRemembered = 128;

/** The table's size at the start of a connection, and what may be chosen until SETTINGS_HEADER_TABLE_SIZE says otherwise. */
const initialTableBytes = 4096;

export interface DecodedBlock {
  readonly list: HeaderList;
  /** What all of its fields count, the ones that are not in the list for being too many included. */
  readonly listBytes: number;
  /** Whether the same octets will give the very same list again, as long as the table does not change. */
  readonly isRemembered: boolean;
}

interface RememberedBlock {
  readonly octets: Buffer;
  readonly block: DecodedBlock;
}

/** For how many blocks it is noted that they were seen once; a power of two. */
const sightings = 256;

/**
 * Decodes the header blocks of one connection, in the order in which they come.
 *
 * A peer that sends the same fields again sends the same octets again, once they are in the table. A block that is seen a
 * second time, and changes nothing in the table, is remembered with what it means until the table changes: from then on it
 * costs a lookup, and gives the very same list, so that whoever derives something from a list can remember it by the list's
 * identity. Blocks that differ from message to message cost no memory.
 */
export class HpackDecoder {
  readonly #table = new DynamicTable(initialTableBytes);
  /** What the peer may choose the table's size from. */
  #allowedBytes = initialTableBytes;
  /** The size that the peer has to come down to before its next field; undefined when it need not. */
  #demandedBytes: number | undefined;
  /** By the hash of their octets. */
  readonly #remembered = new Map<number, RememberedBlock>();
  #rememberedGeneration = 0;
  readonly #seenOnce = new Int32Array(sightings);

  /** Allows the table another size, once the peer has acknowledged the setting. */
  allowTableBytes(bytes: number): void {
    this.#allowedBytes = bytes;
    if (bytes < this.#table.maxBytes) this.#demandedBytes = Math.min(bytes, this.#demandedBytes ?? bytes);
  }

  /**
   * Decodes a whole block, which lies between two positions of `bytes`.
   *
   * @param maxListBytes what the fields may count together, each with its 32 octets
   * @returns undefined when they count more; the block is decoded to its end all the same, for the table's sake
   * @throws {HpackError} when the connection cannot go on
   */
  decode(bytes: Buffer, start: number, end: number, maxListBytes: number): DecodedBlock | undefined {
    if (this.#rememberedGeneration !== this.#table.generation) {
      this.#remembered.clear();
      this.#rememberedGeneration = this.#table.generation;
    }
    const hash = end - start <= longestRemembered ? hashOf(bytes, start, end) : undefined;
    const known = hash === undefined ? undefined : this.#remembered.get(hash);
    if (known !== undefined && isSame(known.octets, bytes, start, end)) return known.block;

    const block = this.#read(bytes, { at: start, end }, maxListBytes);
    if (block.listBytes > maxListBytes) return undefined;
    if (hash === undefined || this.#rememberedGeneration !== this.#table.generation) return block;
    if (this.#seenOnce[hash & (sightings - 1)] !== hash) {
      this.#seenOnce[hash & (sightings - 1)] = hash;
      return block;
    }
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    const remembered = { ...block, isRemembered: true };
    this.#remembered.set(hash, { octets: Buffer.from(bytes.subarray(start, end)), block: remembered });
    return remembered;
  }

  #read(bytes: Buffer, cursor: Cursor, maxListBytes: number): DecodedBlock {
    const list: string[] = [];
    let listBytes = 0;
    this.#readSizeUpdates(bytes, cursor);
    while (cursor.at < cursor.end) {
      const first = bytes[cursor.at] ?? 0;
      let name: string;
      let value: string;
      if (first & 0x80) {
        const index = readInteger(bytes, cursor, 7);
        name = this.#nameAt(index);
        value = index <= staticEntries ? (staticValues[index] ?? "") : (this.#table.valueAt(index) ?? "");
      } else if ((first & 0xe0) === 0x20) {
        throw new HpackError("the table's size changes within a header block");
      } else {
        const isAdded = (first & 0x40) !== 0;
        const index = readInteger(bytes, cursor, isAdded ? 6 : 4);
        name = index === 0 ? readString(bytes, cursor) : this.#nameAt(index);
        value = readString(bytes, cursor);
        if (isAdded) this.#table.add(name, value);
      }
      listBytes += fieldBytes(name, value);
      if (listBytes <= maxListBytes) list.push(name, value);
    }
    return { list, listBytes, isRemembered: false };
  }

  /** @see RFC 7541, sections 4.2 and 6.3 */
  #readSizeUpdates(bytes: Buffer, cursor: Cursor): void {
    while (cursor.at < cursor.end && ((bytes[cursor.at] ?? 0) & 0xe0) === 0x20) {
      const size = readInteger(bytes, cursor, 5);
      if (size > this.#allowedBytes) throw new HpackError("the table's size is set above what was allowed");
      this.#table.resize(size);
      if (this.#demandedBytes !== undefined && size <= this.#demandedBytes) this.#demandedBytes = undefined;
    }
    if (this.#demandedBytes !== undefined) throw new HpackError("the table was not made as small as was asked");
  }

  #nameAt(index: number): string {
    const name = index <= staticEntries ? staticNames[index] : this.#table.nameAt(index);
    if (index === 0 || name === undefined) throw new HpackError(`no entry of the tables has the index ${index}`);
    return name;
  }
}

/** @see http://www.isthe.com/chongo/tech/comp/fnv/ (FNV-1a): whoever finds two blocks of one hash gains nothing */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c_9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash;
}

function isSame(octets: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (octets.length !== end - start) return false;
  for (let at = 0; at < octets.length; at++) if (octets[at] !== bytes[start + at]) return false;
  return true;
}

function readString(bytes: Buffer, cursor: Cursor): string {
  const isHuffman = ((bytes[cursor.at] ?? 0) & 0x80) !== 0;
  const length = readInteger(bytes, cursor, 7);
  const start = cursor.at;
  if (start + length > cursor.end) throw new HpackError("a header block ends inside of a string");
  cursor.at += length;
  return isHuffman ? decodeHuffman(bytes, start, cursor.at) : bytes.toString("latin1", start, cursor.at);
}
