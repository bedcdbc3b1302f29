import type { HeaderList } from "@banyan/http2";

/** Heads that differ from each other: more come only from handlers that make content types up. */
const mostHeads = 256;

/**
 * The fields that many answers begin with, the date among them.
 *
 * They are the very same list for a second, so that a connection encodes them once (RFC 9110, section 6.6.1 asks for the date).
 */
export class AnswerHead {
  readonly #fields: HeaderList;
  #dated: HeaderList = [];
  #second = -1;

  constructor(fields: HeaderList) {
    this.#fields = fields;
  }

  get fields(): HeaderList {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#dated = [...this.#fields, "date", new Date(1000 * second).toUTCString()];
    }
    return this.#dated;
  }
}

const heads = new Map<string, AnswerHead>();

/** The head of all answers that begin with these fields, after `:status`. */
export function answerHead(status: number, ...fields: readonly string[]): AnswerHead {
  const key = `${status}\n${fields.join("\n")}`;
  const known = heads.get(key);
  if (known !== undefined) return known;
  const head = new AnswerHead([":status", String(status), ...fields]);
  if (heads.size >= mostHeads) heads.clear();
  heads.set(key, head);
  return head;
}
