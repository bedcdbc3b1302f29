import { z } from "zod";
import { sides } from "../side.ts";

/** Every message of these schemas is a rule, to be read after "expected". */

function integer(min: number, max: number) {
  const rule = `an integer in [${min}, ${max}]`;
  return z.int(rule).min(min, rule).max(max, rule);
}

function number(min: number, max: number) {
  const rule = `a number in [${min}, ${max}]`;
  return z.number(rule).min(min, rule).max(max, rule);
}

const flag = z.boolean("true or false");
const percent = number(0, 100);

const identifier = "[A-Za-z_][A-Za-z0-9_]{0,63}";
const path = `${identifier}(?:\\.${identifier}){0,15}`;

/** A field of a request, by the names of the contract: `user_id`, `order.user_id`. */
const fieldPath = z.string().regex(new RegExp(`^${path}$`), "a dotted path of field names, 16 at most");

/** A field of an answer, of one method or of all that have it: `GetOrder/order.placed_at`, `order.placed_at`. */
const comparedPath = z
  .string()
  .regex(new RegExp(`^(?:${identifier}/)?${path}$`), "a dotted path of field names, or Method/ and one");

const methodName = z.string().regex(new RegExp(`^${identifier}$`), "the name of a method");

const maxEntries = 100;

const methodRule = z.strictObject({ percent: percent.exactOptional(), sticky: fieldPath.exactOptional() }, "an object");

const pause = z.strictObject(
  {
    /** How long at most, counted by each process from when it learns of the rule. */
    seconds: integer(1, 60),
    /** How long a caller waits for its end before it is turned away. */
    waitMs: integer(0, 30_000).default(5000),
  },
  "an object",
);

const writes = z
  .strictObject(
    {
      owner: z.enum(sides, "legacy or candidate").default("legacy"),
      epoch: integer(0, Number.MAX_SAFE_INTEGER).default(0),
      pause: pause.exactOptional(),
    },
    "an object",
  )
  .refine(({ owner, epoch }) => owner === "legacy" || epoch > 0, {
    path: ["epoch"],
    message: "at least 1 where the candidate owns the writes",
  });

const guard = z.strictObject(
  {
    /** The share of the candidate's answers that may be failures. */
    errorPercent: number(1, 100).default(20),
    /** Of fewer answers in the last ten seconds nothing is concluded. */
    minCalls: integer(1, 10_000).default(20),
    /** How long the candidate's share is answered by the legacy before the candidate is tried again. */
    cooldownSeconds: integer(1, 600).default(10),
  },
  "an object",
);

const shadow = z.strictObject(
  {
    percent: percent.default(0),
    /** Of the calls that are mirrored, the share for which the legacy is asked twice, to learn what differs anyway. */
    controlPercent: percent.default(10),
    timeoutMs: integer(10, 30_000).default(1000),
    maxConcurrent: integer(1, 1000).default(16),
    ignore: z.array(comparedPath, "a list of paths").max(maxEntries, `${maxEntries} paths at most`).default([]),
    unordered: z.array(comparedPath, "a list of paths").max(maxEntries, `${maxEntries} paths at most`).default([]),
    /** How far apart numbers may be, and google.protobuf.Timestamp and Duration, in seconds. */
    tolerances: z
      .record(comparedPath, number(0, 1e15), "an object of paths and numbers")
      .refine((each) => Object.keys(each).length <= maxEntries, `${maxEntries} paths at most`)
      .default({}),
  },
  "an object",
);

/** The JSON below `/traffic/<service>`; the README has a table of it. */
export const trafficRuleSchema = z
  .strictObject(
    {
      mode: z.enum(["off", "shadow", "split", "all"], "off, shadow, split or all"),
      percent: percent.default(0),
      sticky: fieldPath.exactOptional(),
      methods: z
        .record(methodName, methodRule, "an object by names of methods")
        .refine((each) => Object.keys(each).length <= maxEntries, `${maxEntries} methods at most`)
        .default({}),
      override: flag.default(true),
      fallback: flag.default(true),
      readMissFallback: flag.default(false),
      guard: guard.prefault({}),
      writes: writes.prefault({}),
      shadow: shadow.prefault({}),
    },
    "an object",
  )
  .refine(({ mode, shadow }) => mode !== "shadow" || shadow.percent > 0, {
    path: ["shadow", "percent"],
    message: "more than 0 in the mode shadow",
  });
