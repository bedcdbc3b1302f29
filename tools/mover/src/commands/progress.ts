import type { MoverState } from "../move/move.ts";

/** Where progress is shown: a terminal, or a file that gets a line now and then. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Without a terminal, a state of the same kind is told again so often, in milliseconds. */
const repeatMs = 10_000;

export function progressOn(screen: Screen, now: () => number = () => performance.now()): (state: MoverState) => void {
  let told: { readonly tag: MoverState["tag"]; readonly at: number } | undefined;
  return (state) => {
    if (screen.isTTY === true) {
      screen.write(`\r\u001B[2K${lineOf(state)}`);
      return;
    }
    if (told?.tag === state.tag && now() - told.at < repeatMs) return;
    told = { tag: state.tag, at: now() };
    screen.write(`${lineOf(state)}\n`);
  };
}

export function lineOf(state: MoverState): string {
  switch (state.tag) {
    case "backfilling": {
      const { entity, rows, done } = state.progress;
      return `backfill of ${entity}: ${rows} carried${done ? ", done" : ""}`;
    }
    case "following":
      return `following the ${state.source}: ${state.carried} changes carried; lag ${lagText(state.lag)}`;
    case "waiting":
      return `waiting: ${state.reason}`;
    default:
      return state satisfies never;
  }
}

export function lagText({ rows, seconds }: { readonly rows: number; readonly seconds: number }): string {
  return `${rows >= 100_000 ? "100000 or more" : rows} rows, ${seconds.toFixed(1)} s`;
}
