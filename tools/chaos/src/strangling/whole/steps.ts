import { setTimeout as sleep } from "node:timers/promises";
import type { Asked } from "./asked.ts";
import { perform, textOf, type CommandLine } from "./command.ts";
import { keepGoing, performKilled, type KeptGoing, type Killer, type Stubborn } from "./killer.ts";
import type { Phase } from "./phase.ts";
import type { Service, Stage } from "./stage.ts";

/** A time in which nothing is done, after each service: what the last step has broken is to show. */
const quietMs = 2000;
const fillMs = 120_000;
/**
 * What changes while it is read: compared, it would tell of the lag of the mover, a tenth of a second, and of nothing else.
 * The verifier compares it, in the databases.
 */
const changing: Readonly<Record<Service, readonly string[]>> = {
  user: [],
  inventory: ["item.available", "item.version", "items.available", "items.version"],
  order: ["order.state", "order.version", "order.total", "order.lines.unit_price", "ListOrders/orders"],
};
/** What a command that is killed may have done by then: setups take a second, flips two. */
const [flipKillMs, rampKillMs, moverKillMs] = [2000, 15_000, 10_000];

interface StepsOptions {
  readonly stage: Stage;
  readonly asked: Asked;
  readonly killer: Killer | undefined;
  readonly ramp: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** What an operator does. Disposal ends the movers. */
export class Steps implements AsyncDisposable {
  readonly phases: Phase[] = [];
  readonly #options: StepsOptions;
  readonly #movers = new AsyncDisposableStack();

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  quiet(): Promise<void> {
    return this.#phase("nothing", async () => {
      await sleep(quietMs, undefined, { signal: this.#options.signal });
      return "";
    });
  }

  async takeOut(service: Service): Promise<void> {
    const { stage, killer, ramp } = this.#options;
    await this.#perform({ program: "banyan-mover", args: ["setup", service] }, service);
    const run: CommandLine = { program: "banyan-mover", args: ["run", service] };
    const mover = this.#movers.use(keepGoing(run, stage.environmentOf(service), killer, moverKillMs));
    await this.#phase(`${textOf(run)}, until it follows`, () => this.#filled(mover, service));
    await this.#perform({ program: "banyan-mover", args: ["verify", service] }, service);
    const to100 = ["ramp", service, "--to", "100", ...ramp];
    const again = { program: "banyan", args: [...to100, "--take-over"] } as const;
    const ignored = changing[service].join(",");
    const ignore: CommandLine = { program: "banyan", args: ["traffic", service, "--ignore", ignored] };
    if (ignored !== "") await this.#perform(ignore, service);
    await this.#perform({ program: "banyan", args: to100 }, service, { again, withinMs: rampKillMs });
    await this.#flip(["flip", service], service);
    await this.quiet();
    await this.#perform({ program: "banyan-mover", args: ["verify", service] }, service);
  }

  async takeBack(service: Service): Promise<void> {
    await this.#flip(["flip", service, "--back"], service);
    await this.#perform({ program: "banyan", args: ["ramp", service, "--to", "0"] }, service);
    await this.quiet();
  }

  /** What verifiers find when nobody writes any more. */
  async verified(taken: readonly Service[]): Promise<readonly string[]> {
    const { stage, signal } = this.#options;
    const found: string[] = [];
    for (const service of taken) {
      const line: CommandLine = { program: "banyan-mover", args: ["verify", service] };
      await perform(line, stage.environmentOf(service), signal).catch((error: unknown) => {
        found.push(error instanceof Error ? error.message : String(error));
      });
    }
    return found;
  }

  #flip(args: readonly string[], service: Service): Promise<void> {
    const line: CommandLine = { program: "banyan-mover", args };
    return this.#perform(line, service, { again: line, withinMs: flipKillMs, delicateFrom: "writes are held" });
  }

  #perform(
    line: CommandLine,
    service: Service,
    kill?: Pick<Stubborn, "again" | "withinMs" | "delicateFrom">,
  ): Promise<void> {
    const { stage, killer, signal } = this.#options;
    const environment = stage.environmentOf(service);
    return this.#phase(textOf(line), async () => {
      const stubborn = { again: line, withinMs: 0, ...kill, line, environment, signal };
      const { lines } = await performKilled(stubborn, kill && killer);
      return lines.at(-1) ?? "";
    });
  }

  async #filled(mover: KeptGoing, service: Service): Promise<string> {
    const { stage, signal } = this.#options;
    const status: CommandLine = { program: "banyan-mover", args: ["status", service] };
    const giveUpAt = performance.now() + fillMs;
    for (;;) {
      const asked = perform(status, stage.environmentOf(service), signal);
      const { lines } = await Promise.race([asked, mover.failed]);
      const backfill = lines.filter((line) => line.startsWith("backfill"));
      if (backfill.length > 0 && backfill.every((line) => line.endsWith("done"))) return backfill.join("; ");
      if (performance.now() > giveUpAt) throw new Error(`${service} is not filled after ${fillMs / 1000} s`);
    }
  }

  async #phase(name: string, work: () => Promise<string>): Promise<void> {
    const { asked, onProgress } = this.#options;
    const startedAt = performance.now();
    const said = await work();
    const endedAt = performance.now();
    this.phases.push({ name, startedAt, endedAt, said });
    const failed = asked.ends.filter(({ failure }) => failure !== undefined).length;
    const took = `${((endedAt - startedAt) / 1000).toFixed(1)} s`;
    onProgress(
      `${name}: ${took}; ${asked.ends.length} calls until now, ${failed} failed${said === "" ? "" : `; ${said}`}`,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#movers.disposeAsync();
  }
}
