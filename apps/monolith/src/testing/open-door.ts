import { http2Transport, serve } from "@banyan/rpc";
import { createLogger, createMetrics } from "@banyan/telemetry";
import type { ConnectRouter, Transport } from "@connectrpc/connect";
import { forward } from "../transports/forward.ts";
import { EchoService } from "./echo.ts";

export interface Door extends AsyncDisposable {
  /** Over gRPC to the door, and through it by the transport that was given. */
  readonly transport: Transport;
  readonly address: string;
  /** What `/metrics` says of the door. */
  metrics(): Promise<string>;
  /** The lines that the door has logged. */
  readonly lines: readonly string[];
}

/** A real server that forwards the echo service, through `open`'s transport, on free ports. */
export async function openDoor(transport: Transport): Promise<Door> {
  await using opening = new AsyncDisposableStack();
  const lines: string[] = [];
  const log = createLogger(
    "door",
    { LOG_LEVEL: "info", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  const metrics = createMetrics({ service: "door" });
  const routes = (router: ConnectRouter): void => forward(router, EchoService, transport);
  const healthy = async (): Promise<void> => {};
  const server = opening.use(
    await serve({ name: "door", HOST: "127.0.0.1", PORT: 0, log, metrics, routes, healthy, drainTimeoutMs: 1000 }),
  );
  const caller = opening.use(http2Transport(server.address));
  const opened = opening.move();
  return {
    transport: caller,
    address: server.address,
    metrics: () => metrics.text(),
    lines,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
