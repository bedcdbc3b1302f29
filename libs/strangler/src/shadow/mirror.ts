import { setImmediate as nextTurn } from "node:timers/promises";
import { loggable } from "@banyan/telemetry";
import { create, type DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import type { TrafficEvents } from "../report/traffic-events.ts";
import type { TrafficRule } from "../rule/traffic-rule.ts";
import { otherThan, type Side } from "../side.ts";
import type { TrafficLog } from "../traffic-log.ts";
import type { Comparison } from "./compare-messages.ts";
import { compareOutcomes, type Ended } from "./compare-outcomes.ts";
import { comparisonRules } from "./comparison-rules.ts";
import { detached } from "./detached.ts";
import { Noise } from "./noise.ts";
import { cut } from "./shown-value.ts";
import { callEnd, timedAsk, within, type AskedCall, type TimedEnd } from "./timed-ask.ts";

type ShadowRule = TrafficRule["shadow"];

export interface MirrorOptions {
  readonly sides: Readonly<Record<Side, Transport>>;
  readonly events: TrafficEvents;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: TrafficLog | undefined;
}

/** Of a request, so many characters are in a sample. */
const maxRequestLength = 300;

/**
 * Asks the other side what one side is being asked, and compares. Nothing of it is waited for by the caller, nothing that
 * happens in it reaches the caller, and it goes on when the caller has gone: within its own time, and while no more than
 * `maxConcurrent` calls are mirrored.
 */
export class Mirror implements AsyncDisposable {
  readonly noise = new Noise();
  readonly #sides: Readonly<Record<Side, Transport>>;
  readonly #events: TrafficEvents;
  readonly #random: () => number;
  readonly #log: TrafficLog | undefined;
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor({ sides, events, random, log }: MirrorOptions) {
    this.#sides = sides;
    this.#events = events;
    this.#random = random;
    this.#log = log;
  }

  /** Whether a call is one of those that are mirrored, and there is room for it. */
  takes({ percent, maxConcurrent }: ShadowRule, method: string): boolean {
    if (percent <= 0 || this.#random() * 100 >= percent || this.#closing.signal.aborted) return false;
    if (this.#running.size < maxConcurrent) return true;
    this.#events.counted(method, "dropped");
    return false;
  }

  /**
   * Begins to mirror a call; returns at once.
   *
   * @param asked who answers the caller
   * @param answer how that ends; it must not reject
   */
  begin<I extends DescMessage, O extends DescMessage>(
    rule: TrafficRule,
    call: AskedCall<I, O>,
    asked: Side,
    answer: Promise<TimedEnd<O>>,
  ): void {
    const running = detached(() => this.#mirror(rule, call, asked, answer))
      .catch((error: unknown) =>
        this.#log?.warn({ method: call.method.name, error }, "a mirrored call was not compared"),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Ends what is being asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new ConnectError("the split is closed", Code.Canceled));
    await Promise.all(this.#running);
  }

  async #mirror<I extends DescMessage, O extends DescMessage>(
    rule: TrafficRule,
    call: AskedCall<I, O>,
    asked: Side,
    answer: Promise<TimedEnd<O>>,
  ): Promise<void> {
    const { name } = call.method;
    const { controlPercent, timeoutMs } = rule.shadow;
    const learns = controlPercent > 0;
    // The caller's own request goes out before this process makes another one of it.
    await nextTurn();
    if (this.#closing.signal.aborted) return;
    const isControlled = learns && (this.noise.isLearning(name) || this.#random() * 100 < controlPercent);
    const ask = (side: Side): Promise<TimedEnd<O>> =>
      timedAsk(this.#sides[side], call, timeoutMs, this.#closing.signal);
    const [mirrored, control] = await Promise.all([ask(otherThan(asked)), isControlled ? ask("legacy") : undefined]);
    // A caller may wait for longer than a mirrored call may take. One that never ends is compared with nothing.
    const own = await within(timeoutMs, answer);
    // The caller is to have its answer before this process compares.
    await nextTurn();
    if (this.#closing.signal.aborted) return;
    if (own === undefined) return this.#events.counted(name, "unanswered");
    const [legacy, candidate] = asked === "legacy" ? [own, mirrored] : [mirrored, own];
    this.#compare(rule, call, { legacy, candidate, control }, learns);
  }

  #compare<I extends DescMessage, O extends DescMessage>(
    rule: TrafficRule,
    { method, input }: AskedCall<I, O>,
    { legacy, candidate, control }: { legacy: TimedEnd<O>; candidate: TimedEnd<O>; control: TimedEnd<O> | undefined },
    learns: boolean,
  ): void {
    const { name } = method;
    const rules = comparisonRules(rule.shadow, name);
    const controlled = control && compareOutcomes(method, legacy.end, control.end, rules);
    if (controlled !== undefined) this.noise.control(name, pathsOf(controlled));

    this.#events.mirrored(name, "legacy", callEnd(legacy));
    this.#events.mirrored(name, "candidate", callEnd(candidate));
    const compared = compareOutcomes(method, legacy.end, candidate.end, rules);
    if (compared === undefined) return this.#events.counted(name, "unanswered");
    if (isExpectedMiss(rule, legacy.end, candidate.end)) return this.#events.counted(name, "mirroredMisses");

    const judgement = this.noise.judge(name, pathsOf(compared), learns);
    if (judgement.tag === "learning") return this.#events.counted(name, "learning");
    this.#events.counted(name, "compared");
    const mismatches = compared.differences.filter(({ path }) => judgement.mismatches.includes(path));
    if (mismatches.length === 0) return;
    this.#events.counted(name, "mismatched");
    const request = JSON.stringify(loggable(method.input, create(method.input, input)));
    this.#events.mismatched(name, mismatches, cut(request, maxRequestLength));
  }
}

function pathsOf({ differences }: Comparison): readonly string[] {
  return differences.map(({ path }) => path);
}

/** Whether the owner of the writes alone has found something, which the rule says is to be expected. */
function isExpectedMiss(rule: TrafficRule, legacy: Ended<DescMessage>, candidate: Ended<DescMessage>): boolean {
  const [owner, other] = rule.writes.owner === "legacy" ? [legacy, candidate] : [candidate, legacy];
  if (!rule.readMissFallback || owner.tag !== "answer") return false;
  return other.tag === "error" && other.error.code === Code.NotFound;
}
