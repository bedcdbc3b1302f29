import type { SpanContext } from "@opentelemetry/api";

/** Knows which calls are recorded, so that nothing is made for the spans of all the others. */
export interface TraceSampling {
  /**
   * Whether a call is recorded; whoever asks starts its span then, at once.
   *
   * @param parent where the caller stands in its trace; undefined where the trace begins here
   * @param traceId of that trace: the parent's, or that of the one that begins
   */
  records(parent: SpanContext | undefined, traceId: string): boolean;
}

let sampling: TraceSampling | undefined;

/** Of the traces that this process records; undefined where none are, or somebody else records them who cannot be asked. */
export function traceSampling(): TraceSampling | undefined {
  return sampling;
}

export function setTraceSampling(known: TraceSampling | undefined): void {
  sampling = known;
}
