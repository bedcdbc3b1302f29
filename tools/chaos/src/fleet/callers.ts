import type { InstanceWatch } from "@banyan/registry";
import { balancedTransport } from "@banyan/rpc";
import { repeatableDeeds } from "../callee/deeds.ts";
import type { CallEnd } from "../load/call-end.ts";
import { startSteadyLoad } from "../load/steady-load.ts";
import type { RowLog } from "../report/row-log.ts";
import { service, type Watching } from "./fleet.ts";

/** Those who call the instances on their lists, only by methods that may be tried again. Disposal ends them. */
export interface Callers extends AsyncDisposable {
  readonly calls: number;
  /** Somebody could have answered each of them: there is an instance on every list that is there, all the time. */
  readonly failed: number;
  /** In words, each one once. */
  readonly failures: readonly string[];
}

/** Of each, a second: rows are played side by side, and measure something else. */
const rate = 10;

/** Lets each of the processes that watch the service call it as well. */
export function startCallers(watching: readonly Watching[], log: RowLog): Callers {
  const stack = new AsyncDisposableStack();
  const failures = new Set<string>();
  let calls = 0;
  let failed = 0;
  for (const { name, watch } of watching) {
    const transport = stack.use(balancedTransport(lent(watch), { name: service }));
    const onEnd = ({ method, tookMs, failure }: CallEnd): void => {
      calls++;
      if (failure === undefined) return;
      failed++;
      const words = `${method} of ${name}: ${failure.code}, ${failure.message}`;
      failures.add(words);
      log.write(name, `call failed after ${Math.round(tookMs)} ms: ${words}`);
    };
    stack.use(startSteadyLoad({ deeds: repeatableDeeds(transport), rate, onEnd }));
  }
  return {
    get calls() {
      return calls;
    },
    get failed() {
      return failed;
    },
    get failures() {
      return [...failures];
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A list that is still watched when the transport over it is closed. */
function lent(watch: InstanceWatch): Parameters<typeof balancedTransport>[0] {
  return {
    get instances() {
      return watch.instances;
    },
    subscribe: (listener) => watch.subscribe(listener),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
