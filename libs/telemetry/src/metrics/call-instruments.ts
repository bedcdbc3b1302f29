import type { DescMethod } from "@bufbuild/protobuf";
import { isFailure, isStatusCode } from "../status-code.ts";
import { DurationHistogram, type Durations } from "./duration-histogram.ts";
import type { Sample } from "./family.ts";
import { Series } from "./series.ts";

/**
 * In seconds; OpenTelemetry advises those from 5 ms on, those below are for calls that never leave a machine room.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/#metric-rpcservercallduration
 */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const labels = ["rpc_system_name", "rpc_method", "rpc_status_code", "error_type"];

/** How a call is spoken: gRPC-Web counts as gRPC. */
export type RpcSystem = "grpc" | "connectrpc";

/** The calls of one method that are under way. */
export interface MethodCalls {
  /** A call has begun. */
  began(): void;
  /** A call that had begun has ended. @param code as gRPC spells it: `NOT_FOUND` */
  ended(code: string, durationMs: number): void;
  /** A call was refused before any work. */
  refused(code: string): void;
}

/**
 * `rpc_server_call_duration_seconds` or `rpc_client_call_duration_seconds`, by method and code, after the semantic
 * conventions 1.45 of OpenTelemetry; `error_type` is there for what the conventions count as an error on that side.
 */
export class CallInstruments {
  readonly #durations: DurationHistogram;
  readonly #methods: Series<CountedCalls>;
  readonly #byContract = {
    grpc: new WeakMap<DescMethod, MethodCalls>(),
    connectrpc: new WeakMap<DescMethod, MethodCalls>(),
  };

  constructor(side: "server" | "client") {
    const durations = new DurationHistogram({
      name: `rpc_${side}_call_duration_seconds`,
      help:
        side === "server"
          ? "How long calls took that came in."
          : "How long calls to others took, all attempts included.",
      labels,
      buckets,
    });
    this.#durations = durations;
    this.#methods = new Series(["rpc_system_name", "rpc_method"], (values) => {
      const { rpc_system_name: system = "", rpc_method: method = "" } = values;
      const durationsOf = (code: string): Durations =>
        durations.at(system, method, code, isFailure(side, code) ? code : "");
      return new CountedCalls(values, durationsOf);
    });
  }

  /** @param method `package.Service/Method` */
  of(system: RpcSystem, method: string): MethodCalls {
    return this.#methods.at(system, method);
  }

  /** The same of a method as its contract has it, which is found without a name being put together. */
  ofMethod(system: RpcSystem, method: DescMethod): MethodCalls {
    const known = this.#byContract[system].get(method);
    if (known !== undefined) return known;
    const calls = this.of(system, `${method.parent.typeName}/${method.name}`);
    this.#byContract[system].set(method, calls);
    return calls;
  }

  /** How long they took, in Prometheus' text format. */
  text(): string {
    return this.#durations.text();
  }

  /** How many calls of each method are under way. */
  *active(): Generator<Sample> {
    for (const { labels, active } of this.#methods.values()) yield { labels, value: active };
  }
}

class CountedCalls implements MethodCalls {
  readonly labels: Readonly<Record<string, string>>;
  readonly #durationsOf: (code: string) => Durations;
  /** By code; there are 17. */
  readonly #durations = new Map<string, Durations>();
  #active = 0;

  constructor(labels: Readonly<Record<string, string>>, durationsOf: (code: string) => Durations) {
    this.labels = labels;
    this.#durationsOf = durationsOf;
  }

  get active(): number {
    return this.#active;
  }

  began(): void {
    this.#active++;
  }

  ended(code: string, durationMs: number): void {
    this.#active--;
    this.#observe(code, durationMs);
  }

  refused(code: string): void {
    this.#observe(code, 0);
  }

  #observe(code: string, durationMs: number): void {
    const durations = this.#durations.get(code) ?? this.#first(isStatusCode(code) ? code : "UNKNOWN");
    durations.observe(durationMs / 1000);
  }

  #first(code: string): Durations {
    const durations = this.#durationsOf(code);
    this.#durations.set(code, durations);
    return durations;
  }
}
