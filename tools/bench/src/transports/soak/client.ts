import { once } from "node:events";
import { http2Transport } from "@banyan/rpc";
import { connectCalls } from "../programs/connect-calls.ts";
import { openTurns } from "../programs/turns.ts";
import { countHoldings } from "./count-holdings.ts";
import { GarbageMeter } from "./garbage-meter.ts";
import { callerTask, command, type Command } from "./messages.ts";

/** The client of the soak: makes calls as it is told, and looks at every answer. */
const { address } = callerTask.parse(JSON.parse(process.argv[2] ?? ""));
const disconnected = once(process, "disconnect");
const meter = new GarbageMeter();
await using transport = http2Transport(address, { engine: "http2" });
const calls = connectCalls(transport);

process.on("message", (message) => void obey(command.parse(message)).then((answer) => process.send?.(answer)));
await disconnected;

async function obey(told: Command): Promise<object> {
  return told.do === "count" ? countHoldings(meter) : call(told.calls, told.inFlight);
}

async function call(count: number, inFlight: number): Promise<object> {
  const startedAt = performance.now();
  let begun = 0;
  const callOn = async (): Promise<void> => {
    const turns = openTurns(calls, { kind: "get", inFlight, ms: 0, payloadBytes: 0, messages: 0 });
    while (begun++ < count) await turns.next();
  };
  await Promise.all(Array.from({ length: inFlight }, callOn));
  return { elapsedMs: performance.now() - startedAt };
}
