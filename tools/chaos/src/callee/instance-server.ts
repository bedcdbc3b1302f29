import { serve } from "@banyan/rpc";
import { createLogger } from "@banyan/telemetry";
import { startProxy } from "../proxy/proxy.ts";
import { calleeRoutes } from "./routes.ts";

/** The server of an instance that this process plays. Disposal drains it. */
export interface InstanceServer extends AsyncDisposable {
  /** Where it is dialled. */
  readonly address: string;
  /** Ends it as the end of its process would: connections are reset, and its port is closed. */
  crash(): Promise<void>;
}

const log = createLogger("instance", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/** @param name of the service */
export async function openInstanceServer(name: string): Promise<InstanceServer> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(
    await serve({
      name,
      HOST: "127.0.0.1",
      PORT: 0,
      log,
      routes: calleeRoutes(async () => undefined),
      healthy: async () => undefined,
    }),
  );
  // A server cannot lose its process; a proxy can lose its connections.
  const proxy = await startProxy({ target: server.port });
  const opened = opening.move();
  let isCut = false;
  const cut = async (): Promise<void> => {
    if (isCut) return;
    isCut = true;
    await proxy[Symbol.asyncDispose]();
  };
  return {
    address: `127.0.0.1:${proxy.port}`,
    async crash() {
      await cut();
      await opened.disposeAsync();
    },
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync();
      await cut();
    },
  };
}
