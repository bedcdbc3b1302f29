import { setImmediate } from "node:timers/promises";
import { ErrorCode, type ServerStream } from "@banyan/http2";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Logger } from "@banyan/telemetry";
import { envelopeHeadBytes, envelopeOf } from "../../wire/envelope.ts";
import { abandonRequest, visibleError } from "./call-over.ts";
import type { StreamPlan } from "./call-plan.ts";
import { EnvelopeBatch } from "./envelope-batch.ts";
import { sendGrpcHead, sendGrpcStatus, sendGrpcTrailers } from "./grpc-answer.ts";
import type { StreamInvocation } from "./stream-invocation.ts";

/** What is written together at most, in octets: a frame of the size that every peer takes. @see RFC 9113, section 6.5.2 */
const fullBatchBytes = 16_384;

/** A handler that waits for nothing lets others have their turn after so many of them. */
const batchesOfTurn = 4;

/**
 * Sends what a call that streams answers, as it answers, and no faster than the caller reads: the messages of one turn of the
 * event loop are written together. Nothing is thrown: what cannot be sent is logged, and the stream is broken off.
 */
export class StreamAnswer {
  readonly #stream: ServerStream;
  readonly #plan: StreamPlan;
  readonly #invocation: StreamInvocation;
  readonly #log: Logger;
  readonly #batch = new EnvelopeBatch();
  #hasHead = false;
  #isFlushDue = false;
  /** How many full batches were written since others had their turn. */
  #fullBatches = 0;
  /** Whether nothing more is to be written until there is room. */
  #isFull = false;
  /** Who waits until there is room, or the stream has ended. */
  #room: (() => void) | undefined;
  /** Why the stream has ended. */
  #endReason: unknown;

  constructor(stream: ServerStream, plan: StreamPlan, invocation: StreamInvocation, log: Logger) {
    this.#stream = stream;
    this.#plan = plan;
    this.#invocation = invocation;
    this.#log = log;
  }

  /** Calls the implementation, and sends what it answers. */
  async run(requests: AsyncIterable<MessageShape<DescMessage>>): Promise<void> {
    try {
      const failure = await this.#sendMessages(requests);
      if (this.#stream.isClosed) return;
      this.#sendHead();
      this.#flush();
      const { responseTrailer } = this.#invocation;
      if (failure === undefined) sendGrpcTrailers(this.#stream, this.#plan, responseTrailer);
      else sendGrpcStatus(this.#stream, responseTrailer, visibleError(failure.cause));
      abandonRequest(this.#stream);
    } catch (error) {
      this.#invocation.end(error);
      if (this.#stream.isClosed) return;
      this.#log.error({ error, method: this.#invocation.method.name }, "a call could not be answered");
      this.#stream.reset(ErrorCode.INTERNAL_ERROR, "the answer broke off");
    }
  }

  /** There is room again. */
  resume(): void {
    this.#isFull = false;
    this.#room?.();
    this.#room = undefined;
  }

  /** Nothing can be sent any more. */
  close(reason: unknown): void {
    this.#endReason = reason;
    this.resume();
  }

  /** @returns what the call has failed with, or undefined */
  async #sendMessages(
    requests: AsyncIterable<MessageShape<DescMessage>>,
  ): Promise<{ readonly cause: unknown } | undefined> {
    const { compression, implementation, isBinary } = this.#plan;
    const { compressMinBytes } = implementation.options;
    const output = implementation.serialization.getO(isBinary);
    const invocation = this.#invocation;
    try {
      const messages = await invocation.begin(requests);
      for (;;) {
        const result = await messages.next();
        if (result.done === true) break;
        if (this.#stream.isClosed) return tellNobodyReads(messages, this.#endReason);
        try {
          const bytes = output.serialize(invocation.whole(result.value));
          if (compression === null || bytes.length < compressMinBytes) this.#put(bytes, false);
          else this.#put(await compression.compress(bytes), true);
        } catch (error) {
          invocation.end();
          await messages.return?.().catch(() => undefined);
          throw error;
        }
        if (this.#isFull) await new Promise<void>((resolve) => (this.#room = resolve));
        else if (this.#fullBatches < batchesOfTurn) continue;
        else await setImmediate();
        if (this.#stream.isClosed) return tellNobodyReads(messages, this.#endReason);
      }
      invocation.finish();
      return undefined;
    } catch (cause) {
      invocation.end(cause);
      return { cause };
    }
  }

  #put(message: Uint8Array, isCompressed: boolean): void {
    this.#sendHead();
    const bytes = envelopeHeadBytes + message.length;
    if (this.#batch.length + bytes > fullBatchBytes) {
      this.#fullBatches++;
      this.#flush();
    }
    if (isCompressed || bytes > fullBatchBytes) {
      this.#flush();
      for (const part of envelopeOf(message, isCompressed)) this.#write(part);
      return;
    }
    this.#batch.add(message);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    // Behind all that a handler does without waiting for anything.
    process.nextTick(this.#flushDue);
  }

  /** Once what goes before the first message, or the end, cannot be changed any more. */
  #sendHead(): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    sendGrpcHead(this.#stream, this.#plan, this.#invocation.responseHeader);
  }

  readonly #flushDue = (): void => {
    this.#isFlushDue = false;
    this.#fullBatches = 0;
    this.#flush();
  };

  #flush(): void {
    if (this.#batch.length > 0) this.#write(this.#batch.take());
  }

  #write(bytes: Uint8Array): void {
    if (!this.#stream.write(bytes)) this.#isFull = true;
  }
}

/** Lets who makes messages clean up: nobody reads them. */
function tellNobodyReads(messages: AsyncIterator<unknown>, reason: unknown): undefined {
  const told = messages.throw === undefined ? messages.return?.() : messages.throw(reason);
  told
    ?.then(
      () => messages.return?.(),
      () => undefined,
    )
    .catch(() => undefined);
}
