import { DynamicTable } from "./dynamic-table.ts";
import { type HeaderList, fieldBytes } from "./header-list.ts";
import { huffmanBytes, writeHuffman } from "./huffman-encoder.ts";
import { writeInteger } from "./integer.ts";
import { staticFieldIndex, staticNameIndex } from "./static-table.ts";

export interface HpackEncoderOptions {
  /** What is remembered at most, in octets, whatever more the peer allows. Default 4096. */
  readonly maxTableBytes?: number;
  /** Names, in lower case, whose values no table on the way may keep. Default: the names that carry credentials. */
  readonly neverIndexed?: ReadonlySet<string>;
}

/** @see RFC 7541, section 7.1.3 */
const credentials: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization", "set-cookie"]);

/** Shorter strings are written faster here than by a call of the runtime. */
const longestByHand = 48;

/** Longer blocks have octets of their own. */
const longestLent = 4096;

/** How a literal begins: into the table, past it, or never into any table on the way. @see RFC 7541, section 6.2 */
const literals = {
  added: { flags: 0x40, prefixBits: 6 },
  passing: { flags: 0x00, prefixBits: 4 },
  never: { flags: 0x10, prefixBits: 4 },
} as const;

/**
 * Encodes the header blocks of one connection, in the order in which they are sent.
 *
 * Of a list that is handed in again, the very same object, the octets are remembered until the table changes.
 */
export class HpackEncoder {
  readonly #table: DynamicTable;
  readonly #maxTableBytes: number;
  readonly #neverIndexed: ReadonlySet<string>;
  /** The order of the entry that holds a field; and of the newest that has a name. */
  readonly #fields = new Map<string, number>();
  readonly #names = new Map<string, number>();
  /** Sizes to announce at the start of the next block: the smallest since the last one, then the one that holds. */
  #announced: readonly number[] = [];
  #remembered = new WeakMap<HeaderList, Buffer>();
  #rememberedGeneration = 0;
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  constructor({ maxTableBytes = 4096, neverIndexed = credentials }: HpackEncoderOptions = {}) {
    this.#maxTableBytes = maxTableBytes;
    this.#neverIndexed = neverIndexed;
    this.#table = new DynamicTable(Math.min(maxTableBytes, 4096), (name, value, order) => {
      forget(this.#fields, fieldKey(name, value), order);
      forget(this.#names, name, order);
    });
    if (maxTableBytes < 4096) this.#announced = [maxTableBytes];
  }

  /** Obeys the peer's SETTINGS_HEADER_TABLE_SIZE. @see RFC 7541, section 4.2 */
  allowTableBytes(bytes: number): void {
    const size = Math.min(bytes, this.#maxTableBytes);
    if (size === this.#table.maxBytes) return;
    this.#table.resize(size);
    const smallest = Math.min(size, ...this.#announced);
    this.#announced = smallest < size ? [smallest, size] : [size];
  }

  /**
   * Encodes a block. One of up to 4096 octets holds until the next one is encoded.
   *
   * @param fields are entered into the table: what is sent with many messages
   * @param passing are not, and are written as they are: what differs from message to message
   */
  encode(fields: HeaderList, passing?: HeaderList): Buffer {
    if (this.#rememberedGeneration !== this.#table.generation) {
      this.#remembered = new WeakMap();
      this.#rememberedGeneration = this.#table.generation;
    }
    const known = this.#announced.length === 0 ? this.#remembered.get(fields) : undefined;
    if (known !== undefined && passing === undefined) return known;

    this.#at = 0;
    if (known === undefined) this.#writeRemembered(fields);
    else this.#append(known);
    if (passing === undefined) return this.#remembered.get(fields) ?? this.#written();
    this.#writePassing(passing);
    // A short block is copied by who sends it, at once; a long one is kept until it has been sent.
    return this.#at <= longestLent ? this.#bytes.subarray(0, this.#at) : this.#written();
  }

  #writeRemembered(fields: HeaderList): void {
    for (const size of this.#announced) {
      this.#reserve(8);
      this.#at = writeInteger(size, 5, 0x20, this.#bytes, this.#at);
    }
    const isPlain = this.#announced.length === 0;
    this.#announced = [];
    this.#writeFields(fields);
    if (isPlain && this.#rememberedGeneration === this.#table.generation) {
      this.#remembered.set(fields, this.#written());
    }
  }

  #written(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #writeFields(fields: HeaderList): void {
    for (let at = 0; at < fields.length; at += 2) this.#writeField(fields[at] ?? "", fields[at + 1] ?? "");
  }

  #writeField(name: string, value: string): void {
    this.#reserve(name.length + value.length + 16);
    const isSecret = this.#neverIndexed.has(name);
    const index = isSecret ? 0 : this.#fieldIndex(name, value);
    if (index > 0) {
      this.#at = writeInteger(index, 7, 0x80, this.#bytes, this.#at);
      return;
    }
    const isKept = fieldBytes(name, value) <= this.#table.maxBytes / 2;
    const form = isSecret ? "never" : isKept ? "added" : "passing";
    this.#writeName(name, form);
    this.#writeString(value);
    if (form === "added") this.#add(name, value);
  }

  /** What is sent once is not worth a search for something like it, nor Huffman's code. */
  #writePassing(fields: HeaderList): void {
    for (let at = 0; at < fields.length; at += 2) {
      const name = fields[at] ?? "";
      const value = fields[at + 1] ?? "";
      this.#reserve(name.length + value.length + 16);
      this.#writeName(name, this.#neverIndexed.has(name) ? "never" : "passing");
      this.#writePlain(value);
    }
  }

  #writeName(name: string, form: keyof typeof literals): void {
    const index = this.#nameIndex(name);
    const { flags, prefixBits } = literals[form];
    this.#at = writeInteger(index, prefixBits, flags, this.#bytes, this.#at);
    if (index > 0) return;
    if (form === "passing") this.#writePlain(name);
    else this.#writeString(name);
  }

  #add(name: string, value: string): void {
    const order = this.#table.add(name, value);
    if (order === undefined) return;
    this.#fields.set(fieldKey(name, value), order);
    this.#names.set(name, order);
  }

  #fieldIndex(name: string, value: string): number {
    const index = staticFieldIndex(name, value);
    if (index > 0) return index;
    const order = this.#fields.get(fieldKey(name, value));
    return order === undefined ? 0 : this.#table.indexOf(order);
  }

  #nameIndex(name: string): number {
    const index = staticNameIndex(name);
    if (index > 0) return index;
    const order = this.#names.get(name);
    return order === undefined ? 0 : this.#table.indexOf(order);
  }

  #writeString(text: string): void {
    const bytes = huffmanBytes(text);
    if (bytes < text.length) {
      this.#at = writeInteger(bytes, 7, 0x80, this.#bytes, this.#at);
      this.#at = writeHuffman(text, this.#bytes, this.#at);
    } else this.#writePlain(text);
  }

  #writePlain(text: string): void {
    const bytes = this.#bytes;
    let at = writeInteger(text.length, 7, 0, bytes, this.#at);
    if (text.length > longestByHand) at += bytes.write(text, at, "latin1");
    else for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.#at = at;
  }

  #append(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#at += bytes.copy(this.#bytes, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** No name has a zero octet. */
function fieldKey(name: string, value: string): string {
  return `${name}\0${value}`;
}

function forget(orders: Map<string, number>, key: string, order: number): void {
  if (orders.get(key) === order) orders.delete(key);
}
