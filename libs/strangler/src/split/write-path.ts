import { tellEnd } from "@banyan/rpc";
import { currentCall, statusCodeOf } from "@banyan/telemetry";
import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import { ConnectError, type StreamResponse, type Transport, type UnaryResponse } from "@connectrpc/connect";
import { outcomeOf } from "../outcome.ts";
import type { TrafficEvents } from "../report/traffic-events.ts";
import type { RuleSource } from "../rule/rule-source.ts";
import type { Side } from "../side.ts";
import { withWriteEpoch } from "./headers.ts";
import type { StreamCall } from "./stream-read.ts";
import { patienceMs, timeLeft } from "./time-left.ts";
import type { UnaryCall } from "./unary-read.ts";
import type { WriteGate, WritePermit } from "./write-gate.ts";

export interface WritePathOptions {
  readonly sides: Readonly<Record<Side, Transport>>;
  readonly gate: WriteGate;
  readonly source: RuleSource;
  readonly events: TrafficEvents;
}

/** Takes writes to the one who owns them, with the epoch under which it does. */
export class WritePath {
  readonly #options: WritePathOptions;

  constructor(options: WritePathOptions) {
    this.#options = options;
  }

  async unary<I extends DescMessage, O extends DescMessage>(call: UnaryCall<I, O>): Promise<UnaryResponse<I, O>> {
    const { method, signal, timeoutMs, input, contextValues } = call;
    const startedAt = performance.now();
    const permit = await this.#enter(method, timeoutMs, signal);
    const sentAt = performance.now();
    try {
      const header = withWriteEpoch(call.header, permit.epoch);
      const transport = this.#options.sides[permit.side];
      const response = await transport.unary(
        method,
        signal,
        timeLeft(timeoutMs, startedAt),
        header,
        input,
        contextValues,
      );
      this.#ended(method, permit.side, undefined, sentAt);
      return response;
    } catch (error) {
      this.#ended(method, permit.side, error, sentAt);
      throw error;
    } finally {
      permit.done();
    }
  }

  async stream<I extends DescMessage, O extends DescMessage>(call: StreamCall<I, O>): Promise<StreamResponse<I, O>> {
    const { method, signal, timeoutMs, input, contextValues } = call;
    const startedAt = performance.now();
    const permit = await this.#enter(method, timeoutMs, signal);
    const sentAt = performance.now();
    const tell = (error?: unknown): void => {
      this.#ended(method, permit.side, error, sentAt);
      permit.done();
    };
    const header = withWriteEpoch(call.header, permit.epoch);
    const transport = this.#options.sides[permit.side];
    const open = () => transport.stream(method, signal, timeLeft(timeoutMs, startedAt), header, input, contextValues);
    return tellEnd(open, tell, signal);
  }

  async #enter(
    method: DescMethod,
    timeoutMs: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<WritePermit> {
    try {
      return await this.#options.gate.enter(patienceMs(timeoutMs), signal ?? currentCall()?.signal);
    } catch (error) {
      this.#options.events.counted(method.name, "turnedAway");
      throw error;
    }
  }

  #ended({ name }: DescMethod, side: Side, error: unknown, sentAt: number): void {
    const { mode } = this.#options.source.current.rule;
    if (mode === "off" || mode === "all") return;
    const failure = error === undefined ? undefined : ConnectError.from(error);
    const end = { code: statusCodeOf(failure), outcome: outcomeOf(failure), ms: performance.now() - sentAt };
    this.#options.events.ended(name, side, end);
  }
}
