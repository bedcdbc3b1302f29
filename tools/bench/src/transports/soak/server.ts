import { once } from "node:events";
import { serve } from "@banyan/rpc";
import { createLogger } from "@banyan/telemetry";
import { connectRoutes } from "../programs/connect-routes.ts";
import { countHoldings } from "./count-holdings.ts";
import { GarbageMeter } from "./garbage-meter.ts";

/** The server of the soak: as services have it, but silent, and without a limit that would refuse calls on a busy machine. */
const disconnected = once(process, "disconnect");
const meter = new GarbageMeter();

await using server = await serve({
  name: "soak",
  HOST: "127.0.0.1",
  PORT: 0,
  RPC_TRANSPORT: "http2",
  log: createLogger("soak", { LOG_LEVEL: "silent", LOG_FORMAT: "json" }),
  routes: connectRoutes(),
  healthy: async () => undefined,
  concurrency: false,
});

process.on("message", () => void countHoldings(meter).then((counted) => process.send?.(counted)));
process.send?.({ address: server.address });
await disconnected;
