import type { z } from "zod";
import { trafficRuleSchema } from "./rule-schema.ts";
import { TrafficRuleError, violationsOf } from "./traffic-rule-error.ts";

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** Who answers which calls of one service, with every default filled in. */
export type TrafficRule = DeepReadonly<z.output<typeof trafficRuleSchema>>;

/** A rule as it may be written: what is left out has its default. */
export type TrafficRuleInit = DeepReadonly<z.input<typeof trafficRuleSchema>>;

export type Mode = TrafficRule["mode"];

/** A longer text is no rule, in characters. */
const maxLength = 64 * 1024;

/**
 * Reads a rule. An unknown field is an error, for it is mostly a known one misspelt.
 *
 * @param json an object, or the JSON text of one, as it stands under `/traffic/<service>`
 * @throws {TrafficRuleError} that lists each violation by field, rule and value, 20 of them at most
 */
export function parseTrafficRule(json: unknown): TrafficRule {
  const value = typeof json === "string" ? parseJson(json) : json;
  const parsed = trafficRuleSchema.safeParse(value);
  if (!parsed.success) throw new TrafficRuleError(violationsOf(parsed.error, value));
  return parsed.data;
}

/** A rule as text, without what has its default. What this returns, {@link parseTrafficRule} reads as the same rule. */
export function formatTrafficRule(rule: TrafficRule): string {
  return JSON.stringify(withoutDefaults({ ...rule }, { ...legacyRule, mode: undefined }));
}

/** What holds where nobody has written a rule: the legacy answers everything. */
export const legacyRule: TrafficRule = parseTrafficRule({ mode: "off" });

/** Of the fields of `value`, those that are not as in `defaults`. */
function withoutDefaults(value: object, defaults: object): object {
  const known = new Map<string, unknown>(Object.entries(defaults));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
      const usual = known.get(key);
      if (JSON.stringify(each) === JSON.stringify(usual)) return [];
      return [[key, isObject(each) && isObject(usual) ? withoutDefaults(each, usual) : each]];
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  if (text.length > maxLength) {
    throw new TrafficRuleError([
      { field: "", rule: `at most ${maxLength} characters`, value: `${text.length} characters` },
    ]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new TrafficRuleError([{ field: "", rule: "JSON", value: `${text.length} characters that are none` }]);
  }
}
