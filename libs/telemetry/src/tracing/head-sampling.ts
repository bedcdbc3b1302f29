import { ROOT_CONTEXT, SpanKind, TraceFlags, type SpanContext } from "@opentelemetry/api";
import { ParentBasedSampler, SamplingDecision, type IdGenerator, type Sampler } from "@opentelemetry/sdk-trace";
import { newSpanId, newTraceId } from "../trace-context.ts";
import type { TraceSampling } from "./sampling.ts";

export interface HeadSamplingOptions {
  /** Decides about traces that begin here, by their ids alone. */
  readonly root: Sampler;
  /** Whether a call is recorded when its caller is; else `root` decides about every call. */
  readonly followsParent: boolean;
}

/**
 * Decides whether a call is recorded, before anything is made for it. It gives the SDK its ids as well: a trace that is
 * recorded because of its id must have that id.
 */
export class HeadSampling implements TraceSampling, IdGenerator {
  /** The same decisions, for the SDK, which asks about every span. */
  readonly sampler: Sampler;
  readonly #root: Sampler;
  readonly #followsParent: boolean;
  #chosenId: string | undefined;

  constructor({ root, followsParent }: HeadSamplingOptions) {
    this.#root = root;
    this.#followsParent = followsParent;
    this.sampler = followsParent ? new ParentBasedSampler({ root }) : root;
  }

  records(parent: SpanContext | undefined, traceId: string): boolean {
    if (parent !== undefined && this.#followsParent) return (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
    const { decision } = this.#root.shouldSample(ROOT_CONTEXT, traceId, "", SpanKind.INTERNAL, {}, []);
    if (decision === SamplingDecision.NOT_RECORD) return false;
    if (parent === undefined) this.#chosenId = traceId;
    return true;
  }

  generateTraceId(): string {
    const id = this.#chosenId ?? newTraceId();
    this.#chosenId = undefined;
    return id;
  }

  generateSpanId(): string {
    return newSpanId();
  }
}
