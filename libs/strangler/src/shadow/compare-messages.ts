import type { DescField, DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  isReflectMessage,
  reflect,
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
} from "@bufbuild/protobuf/reflect";
import type { ComparisonRules } from "./comparison-rules.ts";
import { areEqual, numberOf, secondsOf } from "./field-values.ts";
import { shownValue } from "./shown-value.ts";

/** A field that two answers differ in. */
export interface Difference {
  /** `order.lines.quantity`; what is in a list or map has the path of it. */
  readonly path: string;
  readonly legacy: string;
  readonly candidate: string;
}

export interface Comparison {
  /** One for each path, 20 at most. */
  readonly differences: readonly Difference[];
  /** False for answers that were too large: the rest of them was not looked at. */
  readonly complete: boolean;
}

const maxDifferences = 20;
/** More values than these are not looked at, so that a comparison takes milliseconds at most. */
const maxValues = 10_000;

/** Compares two answers field by field, as their contract describes them. Unknown fields are not looked at. */
export function compareMessages<Desc extends DescMessage>(
  schema: Desc,
  legacy: MessageShape<Desc>,
  candidate: MessageShape<Desc>,
  rules: ComparisonRules,
): Comparison {
  const walk = new Walk(rules, { values: maxValues }, maxDifferences);
  walk.messages("", reflect(schema, legacy), reflect(schema, candidate), false);
  return { differences: [...walk.found.values()], complete: walk.budget.values > 0 };
}

/** One walk through two messages side by side. */
class Walk {
  readonly found = new Map<string, Difference>();
  readonly budget: { values: number };
  readonly #rules: ComparisonRules;
  readonly #maxFound: number;

  constructor(rules: ComparisonRules, budget: { values: number }, maxFound: number) {
    this.#rules = rules;
    this.budget = budget;
    this.#maxFound = maxFound;
  }

  messages(path: string, legacy: ReflectMessage, candidate: ReflectMessage, isRedacted: boolean): void {
    for (const field of legacy.fields) {
      if (this.#isOver()) return;
      const own = path === "" ? field.name : `${path}.${field.name}`;
      if (this.#rules.ignores(own)) continue;
      const hidden = isRedacted || field.proto.options?.debugRedact === true;
      const [here, there] = [legacy.isSet(field), candidate.isSet(field)];
      if (here && there) this.#field(own, field, legacy, candidate, hidden);
      // A number without presence is 0 where it is not set: a tolerance holds for that too.
      else if (here !== there && !this.#isTolerated(own, legacy.get(field), candidate.get(field))) {
        const shown = (set: boolean, message: ReflectMessage): string =>
          set ? shownSet(field, message.get(field), hidden) : "not set";
        this.#differ(own, shown(here, legacy), shown(there, candidate));
      }
    }
  }

  #field(path: string, field: DescField, legacy: ReflectMessage, candidate: ReflectMessage, hidden: boolean): void {
    this.budget.values -= 1;
    switch (field.fieldKind) {
      case "scalar":
      case "enum":
        return this.#values(path, field, legacy.get(field), candidate.get(field), hidden);
      case "message":
        return this.#values(path, field, legacy.get(field), candidate.get(field), hidden);
      case "list":
        return this.#lists(path, field, legacy.get(field), candidate.get(field), hidden);
      case "map":
        return this.#maps(path, field, legacy.get(field), candidate.get(field), hidden);
      default:
        field satisfies never;
    }
  }

  #values(path: string, field: DescField, legacy: unknown, candidate: unknown, hidden: boolean): void {
    if (!isReflectMessage(legacy) || !isReflectMessage(candidate)) {
      if (areEqual(legacy, candidate) || this.#isTolerated(path, legacy, candidate)) return;
      return this.#differ(path, shownValue(field, legacy, hidden), shownValue(field, candidate, hidden));
    }
    if (this.#isTolerated(path, secondsOf(legacy), secondsOf(candidate))) return;
    this.messages(path, legacy, candidate, hidden);
  }

  #lists(path: string, field: DescField, legacy: ReflectList, candidate: ReflectList, hidden: boolean): void {
    if (legacy.size !== candidate.size) {
      return this.#differ(path, `${legacy.size} elements`, `${candidate.size} elements`);
    }
    const [left, right] = [[...legacy], [...candidate]];
    if (this.#rules.isUnordered(path)) return this.#sets(path, field, left, right);
    for (const [index, value] of left.entries()) {
      if (this.#isOver()) return;
      this.budget.values -= 1;
      this.#values(path, field, value, right[index], hidden);
    }
  }

  /** Each value of one list wants one of the other that it does not differ from; most are at the same place. */
  #sets(path: string, field: DescField, left: readonly unknown[], right: readonly unknown[]): void {
    const free = new Set(right.keys());
    for (const [index, value] of left.entries()) {
      const match = [index, ...free].find((at) => free.has(at) && this.#areAlike(path, field, value, right[at]));
      if (this.#isOver()) return;
      if (match === undefined) return this.#differ(path, "an element that the other has not", "another one");
      free.delete(match);
    }
  }

  #maps(path: string, field: DescField, legacy: ReflectMap, candidate: ReflectMap, hidden: boolean): void {
    for (const [key, value] of legacy) {
      if (this.#isOver()) return;
      this.budget.values -= 1;
      if (!candidate.has(key)) return this.#differ(path, "a key that the other has not", "no such key");
      this.#values(path, field, value, candidate.get(key), hidden);
    }
    if (candidate.size > legacy.size) this.#differ(path, "no such key", "a key that the other has not");
  }

  #areAlike(path: string, field: DescField, legacy: unknown, candidate: unknown): boolean {
    if (this.budget.values <= 0) return false;
    this.budget.values -= 1;
    const trial = new Walk(this.#rules, this.budget, 1);
    trial.#values(path, field, legacy, candidate, true);
    return trial.found.size === 0;
  }

  #isTolerated(path: string, legacy: unknown, candidate: unknown): boolean {
    const tolerance = this.#rules.toleranceOf(path);
    if (tolerance === 0) return false;
    const [left, right] = [numberOf(legacy), numberOf(candidate)];
    return left !== undefined && right !== undefined && Math.abs(left - right) <= tolerance;
  }

  #isOver(): boolean {
    return this.budget.values <= 0 || this.found.size >= this.#maxFound;
  }

  #differ(path: string, legacy: string, candidate: string): void {
    if (!this.found.has(path)) this.found.set(path, { path, legacy, candidate });
  }
}

function shownSet(field: DescField, value: unknown, hidden: boolean): string {
  return field.fieldKind === "scalar" || field.fieldKind === "enum" ? shownValue(field, value, hidden) : "set";
}
