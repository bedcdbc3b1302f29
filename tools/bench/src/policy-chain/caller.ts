import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { callerTask, sliceTask, type SliceResult, type SliceTask } from "./messages.ts";
import { openWays, type Way } from "./ways.ts";

/** The process of the bench `policy-chain` that is measured: it makes calls, one way at a time. */
const { addresses } = callerTask.parse(JSON.parse(process.argv[2] ?? ""));
const disconnected = once(process, "disconnect");
await using ways = openWays(addresses);

process.on("message", (message) => {
  void runSlice(sliceTask.parse(message)).then((result) => process.send?.(result));
});
await disconnected;

async function runSlice({ way: name, calls, concurrency }: SliceTask): Promise<SliceResult> {
  const way = ways.byName.get(name);
  if (way === undefined) throw new Error(`there is no way to call that is named ${name}`);
  let [begun, refused] = [0, 0];
  const callOn = async (): Promise<void> => {
    while (begun++ < calls) if (!(await succeeds(way))) refused++;
  };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, callOn));
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  return { refused, elapsedMs, cpuMicros: user + system };
}

/** False for a call that was turned away for overload. @throws what went wrong otherwise */
async function succeeds(way: Way): Promise<boolean> {
  try {
    await way();
    return true;
  } catch (error) {
    if (ConnectError.from(error).code !== Code.ResourceExhausted) throw error;
    await nextTurn(); // what is refused on this side would else keep answers from being read
    return false;
  }
}
