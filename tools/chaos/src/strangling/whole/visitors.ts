import { setTimeout as sleep } from "node:timers/promises";
import { startSteadyLoad, type SteadyLoad } from "../../load/steady-load.ts";
import { Acknowledged } from "./acknowledged.ts";
import { Asked } from "./asked.ts";
import type { Caller } from "./caller.ts";
import { openDoors } from "./doors.ts";
import { inventoryDeeds, putItem, reservationDeeds, stockOf } from "./items.ts";
import { allOrders, orderDeeds } from "./orders.ts";
import { createUser, userDeeds } from "./users.ts";

export interface VisitorsOptions {
  /** The addresses of the monolith's instances. */
  readonly doors: readonly string[];
  /** Deeds a second: each is one call, or a few. */
  readonly rate: number;
  /**
   * How long a reservation holds its stock, where that is short enough to be waited for: then some are made that nobody
   * commits.
   */
  readonly reservationSeconds: number | undefined;
}

/** People who use a shop all day, and remember every answer. Disposal lets them go home. */
export interface Visitors extends AsyncDisposable {
  readonly asked: Asked;
  readonly told: Acknowledged;
  /** Ends the calls, and resolves when the last one has ended. */
  leave(): Promise<void>;
  /** What is not as they were told, in words, once they have left; what is only reserved is waited for. */
  differences(signal: AbortSignal): Promise<readonly string[]>;
}

const [firstUsers, firstItems] = [40, 40];
const settledMs = 10_000;

/** Resolves when there are users and items, and calls are made. */
export async function startVisitors({ doors, rate, reservationSeconds }: VisitorsOptions): Promise<Visitors> {
  await using opening = new AsyncDisposableStack();
  const [asked, told] = [new Asked(), new Acknowledged()];
  const caller: Caller = { doors: opening.use(openDoors(doors)), told, asked };
  for (let i = 0; i < firstUsers; i++) await createUser(caller);
  for (let i = 0; i < firstItems; i++) await putItem(caller);

  const deeds = [...userDeeds(caller), ...inventoryDeeds(caller), ...orderDeeds(caller)];
  if (reservationSeconds !== undefined) deeds.push(...reservationDeeds(caller));
  let load: SteadyLoad | undefined = startSteadyLoad({
    deeds,
    rate,
    onEnd: ({ method, failure }) => {
      if (failure?.code === "Error") asked.surprises.push(`${method}: ${failure.message}`);
    },
  });
  const leave = async (): Promise<void> => {
    const leaving = load;
    load = undefined;
    await leaving?.[Symbol.asyncDispose]();
  };
  opening.defer(leave);
  const opened = opening.move();
  return {
    asked,
    told,
    leave,
    async differences(signal) {
      const giveUpAt = performance.now() + (reservationSeconds ?? 0) * 1000 + settledMs;
      for (;;) {
        const differences = told.differences(await allOrders(caller), await stockOf(caller));
        if (differences.length === 0 || performance.now() > giveUpAt) return differences;
        await sleep(1000, undefined, { signal });
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
