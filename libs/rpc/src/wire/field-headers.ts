import { inspect } from "node:util";
import type { HeaderList } from "@banyan/http2";

/**
 * `Headers` over a flat list of fields as HTTP/2 has them, names in lower case: nothing is made for what nobody reads. A
 * list that is shared by many messages is never changed; what is written goes into a list of its own.
 */
export class FieldHeaders implements Headers {
  #shared: HeaderList;
  #own: string[] | undefined;

  constructor(shared: HeaderList = none) {
    this.#shared = shared;
  }

  /** The list that was handed in, the very same one as long as none of its fields was written to. */
  get shared(): HeaderList {
    return this.#shared;
  }

  /** What was written; undefined when nothing was. */
  get own(): HeaderList | undefined {
    return this.#own;
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    return includesName(this.#shared, key) || (this.#own !== undefined && includesName(this.#own, key));
  }

  get(name: string): string | null {
    return valueOf(this.#shared, this.#own, name.toLowerCase());
  }

  getSetCookie(): string[] {
    const values: string[] = [];
    for (const list of [this.#shared, this.#own ?? none]) {
      for (let at = 0; at < list.length; at += 2) if (list[at] === "set-cookie") values.push(list[at + 1] ?? "");
    }
    return values;
  }

  /** @throws {TypeError} when name or value is none of HTTP's */
  append(name: string, value: string): void {
    const field = checked(name, value);
    (this.#own ??= []).push(...field);
  }

  /** @throws {TypeError} when name or value is none of HTTP's */
  set(name: string, value: string): void {
    const field = checked(name, value);
    this.delete(field[0]);
    (this.#own ??= []).push(...field);
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    if (includesName(this.#shared, key)) {
      this.#own = [...this.#shared, ...(this.#own ?? none)];
      this.#shared = none;
    }
    const own = this.#own;
    if (own === undefined) return;
    for (let at = own.length - 2; at >= 0; at -= 2) if (own[at] === key) own.splice(at, 2);
  }

  /** Takes over fields that HTTP/2 has checked already. */
  receive(list: HeaderList): void {
    (this.#own ??= []).push(...list);
  }

  forEach(callback: (value: string, key: string, self: this) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }

  /** Names in their order, the values of one name together; each `set-cookie` by itself. */
  *entries(): Generator<[string, string], undefined> {
    const names = new Set<string>();
    for (const list of [this.#shared, this.#own ?? none]) {
      for (let at = 0; at < list.length; at += 2) names.add(list[at] ?? "");
    }
    for (const name of [...names].toSorted()) {
      if (name === "set-cookie") for (const value of this.getSetCookie()) yield [name, value];
      else yield [name, this.get(name) ?? ""];
    }
  }

  *keys(): Generator<string, undefined> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<string, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], undefined> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }

  [inspect.custom](): unknown {
    return new Headers(this);
  }
}

// Whoever asks whether these are `Headers` is told so; all that those can do is overridden.
Object.setPrototypeOf(FieldHeaders.prototype, Headers.prototype);

const none: HeaderList = [];

/** @param name in lower case */
export function includesName(list: HeaderList, name: string): boolean {
  for (let at = 0; at < list.length; at += 2) if (list[at] === name) return true;
  return false;
}

function valueOf(shared: HeaderList, own: HeaderList | undefined, name: string): string | null {
  let value: string | null = null;
  for (const list of [shared, own ?? none]) {
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] !== name) continue;
      const next = list[at + 1] ?? "";
      value = value === null ? next : `${value}${name === "cookie" ? "; " : ", "}${next}`;
    }
  }
  return value;
}

/** Without the blanks around it; most values have none. */
function trimmed(value: string): string {
  const isBlank = (octet: number): boolean => octet === 0x20 || octet === 0x09 || octet === 0x0a || octet === 0x0d;
  if (!isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1))) return value;
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

/** @see https://fetch.spec.whatwg.org/#headers-class */
function checked(name: string, value: string): [name: string, value: string] {
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/i.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a header`);
  const text = trimmed(value);
  for (let at = 0; at < text.length; at++) {
    const octet = text.charCodeAt(at);
    if (octet === 0 || octet === 0x0a || octet === 0x0d || octet > 0xff) {
      throw new TypeError(`the value of ${name} has a character that no header can have`);
    }
  }
  return [name.toLowerCase(), text];
}
