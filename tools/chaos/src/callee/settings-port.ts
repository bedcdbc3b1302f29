import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { workSettings } from "./callee-plan.ts";
import type { WorkSettings } from "./work.ts";

/** Where a callee is told how it is to do from now on. */
export interface SettingsPort extends AsyncDisposable {
  readonly url: string;
}

/** Listens on a free port of the loopback interface. */
export async function openSettingsPort(onSettings: (settings: WorkSettings) => void): Promise<SettingsPort> {
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      onSettings(workSettings.parse(await json(request)));
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
