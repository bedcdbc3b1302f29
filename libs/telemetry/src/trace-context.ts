import { randomBytes } from "node:crypto";
import { createTraceState, TraceFlags, type SpanContext } from "@opentelemetry/api";

export const traceparentHeader = "traceparent";
export const tracestateHeader = "tracestate";

/** `version-traceid-parentid-flags`; a version after 00 may have more behind it. */
const wellFormed = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTrace = "0".repeat(32);
const noSpan = "0".repeat(16);

/**
 * Where the caller stands in its trace; undefined when it tells of none, or not in the words of the specification.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceContextOf(headers: Headers): SpanContext | undefined {
  const traceparent = headers.get(traceparentHeader);
  if (traceparent === null) return undefined;
  const [, version, traceId, spanId, flags = "", more] = wellFormed.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  // "Version ff is invalid." and "All bytes as zero […] is considered an invalid value."
  if (version === "ff" || traceId === noTrace || spanId === noSpan) return undefined;
  if (version === "00" && more !== undefined) return undefined;
  const tracestate = headers.get(tracestateHeader);
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== null && { traceState: createTraceState(tracestate) }),
  };
}

/** Tells the callee where the call stands in its trace. */
export function setTraceHeaders(headers: Headers, { traceId, spanId, traceFlags, traceState }: SpanContext): void {
  const sampled = (traceFlags & TraceFlags.SAMPLED) === 0 ? "00" : "01";
  headers.set(traceparentHeader, `00-${traceId}-${spanId}-${sampled}`);
  const state = traceState?.serialize() ?? "";
  if (state !== "") headers.set(tracestateHeader, state);
}

/** A trace that begins here and that nobody records: its id is for the logs of all who take part. */
export function newTraceContext(traceId = newTraceId(), traceState?: SpanContext["traceState"]): SpanContext {
  const context = { traceId, spanId: newSpanId(), traceFlags: TraceFlags.NONE };
  return traceState === undefined ? context : { ...context, traceState };
}

/** 32 hexadecimal digits. */
export function newTraceId(): string {
  return randomHex(32);
}

/** 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomHex(16);
}

const poolBytes = 4096;
let pool = "";
let poolAt = 0;

/** Ids that differ are all that is asked for: many are cut from what is fetched at a time. */
function randomHex(digits: number): string {
  if (poolAt + digits > pool.length) {
    pool = randomBytes(poolBytes).toString("hex");
    poolAt = 0;
  }
  poolAt += digits;
  return pool.slice(poolAt - digits, poolAt);
}
