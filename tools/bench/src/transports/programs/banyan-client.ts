import { balancedTransport, http2Transport, type Discovery } from "@banyan/rpc";
import { openTelemetry } from "@banyan/telemetry";
import { connectCalls } from "./connect-calls.ts";
import { readTask } from "./control.ts";
import { readEngine } from "./engine.ts";
import { clientTask } from "./messages.ts";
import { runClient } from "./run-client.ts";
import { telemetryConfig } from "./telemetry-config.ts";

/** The transport alone, or the one that services call each other by, with one instance to call. */
const { address, chain = "traces", collector } = clientTask.parse(readTask());
await using telemetry = await openTelemetry("bench", telemetryConfig(chain, collector));
const engine = readEngine();
const discovery: Discovery = {
  instances: [{ id: "one", address }],
  subscribe: () => () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};
await using transport =
  chain === "transport"
    ? http2Transport(address, { engine })
    : balancedTransport(discovery, { name: "bench", engine, ...telemetry });
await runClient(connectCalls(transport));
