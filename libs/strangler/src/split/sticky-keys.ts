import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import type { TrafficLog } from "../traffic-log.ts";
import { stickyPathOf } from "./decide.ts";
import { keyReader, type KeyReader } from "./sticky-key.ts";

/** Reads from requests what they are about, by the rule that holds. */
export class StickyKeys {
  #rule: TrafficRule | undefined;
  readonly #readers = new Map<DescMethod, KeyReader>();
  readonly #service: string;
  readonly #log: TrafficLog | undefined;

  /** @param service so that of two services not the same users are the first ones */
  constructor(service: string, log: TrafficLog | undefined) {
    this.#service = service;
    this.#log = log;
  }

  /** The key of a request; undefined where its field is not set, and where the rule names none that the method has. */
  of(rule: TrafficRule, method: DescMethod, request: object): string | undefined {
    if (rule !== this.#rule) {
      this.#rule = rule;
      this.#readers.clear();
    }
    let reader = this.#readers.get(method);
    if (reader === undefined) {
      reader = this.#readerFor(method.name, method.input, stickyPathOf(rule, method.name));
      this.#readers.set(method, reader);
    }
    const value = reader(request);
    return value === undefined ? undefined : `${this.#service}/${value}`;
  }

  #readerFor(method: string, request: DescMessage, path: string | undefined): KeyReader {
    const none: KeyReader = () => undefined;
    if (path === undefined) return none;
    const reader = keyReader(request, path);
    if (reader === undefined) {
      const fields = { callee: this.#service, method, sticky: path };
      this.#log?.warn(fields, "the method has no such field to be sticky by: its calls are split at random");
    }
    return reader ?? none;
  }
}
