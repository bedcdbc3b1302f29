import { startChild, type Child } from "../../child-process.ts";
import { growthOf, type Point } from "./flatness.ts";
import { callsMade, holdings, servingMessage, type CallerTask, type Command } from "./messages.ts";

export interface SoakOptions {
  readonly calls: number;
  /** At a time, all on one connection. */
  readonly inFlight: number;
  /** How long all of it may take, in milliseconds. */
  readonly atMostMs: number;
  readonly onProgress: (line: string) => void;
}

export interface SoakResult {
  readonly server: readonly Point[];
  readonly client: readonly Point[];
  /** What has grown, in words; nothing when both are flat. */
  readonly grown: readonly string[];
}

/** When both processes are looked at, as parts of the whole; what comes before the first is the warming up. */
const looks = [0.1, 0.5, 1] as const;
/** Between two lines of progress. */
const steps = 20;
const readyMs = 60_000;
const countMs = 30_000;
const flags = ["--expose-gc"];

/**
 * Lets our client call our server, and counts what both of them hold on to meanwhile.
 *
 * @throws when a call fails or is answered with anything but what is right, and when it takes too long
 */
export async function runSoak({ calls, inFlight, atMostMs, onProgress }: SoakOptions): Promise<SoakResult> {
  const endsAt = performance.now() + atMostMs;
  await using server = startChild(new URL("server.ts", import.meta.url), {}, flags);
  const task: CallerTask = await server.next(servingMessage, readyMs);
  await using client = startChild(new URL("client.ts", import.meta.url), task, flags);
  const points = { server: [] as Point[], client: [] as Point[] };
  let made = 0;
  for (let step = 1; step <= steps; step++) {
    const next = Math.round((calls * step) / steps) - made;
    tell(client, { do: "call", calls: next, inFlight });
    const { elapsedMs } = await client.next(callsMade, Math.max(1, endsAt - performance.now()));
    made += next;
    onProgress(`${made} of ${calls} calls, ${Math.round((1000 * next) / elapsedMs)} a second`);
    if (!looks.some((part) => part * steps === step)) continue;
    points.server.push({ calls: made, held: await count(server) });
    points.client.push({ calls: made, held: await count(client) });
  }
  return { ...points, grown: [...growthOf("server", points.server), ...growthOf("client", points.client)] };
}

function tell(child: Child, command: Command): void {
  child.send(command);
}

async function count(child: Child): Promise<Point["held"]> {
  tell(child, { do: "count" });
  return child.next(holdings, countMs);
}
