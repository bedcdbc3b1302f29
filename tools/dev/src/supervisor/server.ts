import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type Socket, createServer } from "node:net";
import { readLines } from "../process/lines.ts";
import { messageOf } from "../setup-error.ts";
import { type SupervisorPaths, makeControlFolder } from "./paths.ts";
import { type Message, type Reached, type Request, decodeRequest, encodeLine, protocolVersion } from "./protocol.ts";
import { type Servers, createServers } from "./servers.ts";

export interface SupervisorOptions {
  readonly paths: SupervisorPaths;
  /** How long to wait for the next client after one has vanished as the last. */
  readonly graceMs: number;
  readonly log: (line: string) => void;
  /** Ends the supervisor although it has clients. */
  readonly signal: AbortSignal;
}

/**
 * Serves clients on the control socket until the last one is gone, then stops etcd and PostgreSQL and resolves.
 *
 * To be called by the holder of the supervisor's lock alone: a socket that is there already is therefore stale.
 * A client counts from its connection until it leaves or its connection ends, however that comes about. One that leaves
 * keeps its connection until it is known what its leaving did: everything has stopped, or somebody else is there.
 */
export async function superviseClients(options: SupervisorOptions): Promise<void> {
  const { paths, log } = options;
  const clients = new Set<Socket>();
  const leaving = new Set<Socket>();
  const tellAll = (message: Message): void => clients.forEach((client) => void client.write(encodeLine(message)));

  await using servers = createServers({
    paths,
    onLine: log,
    onProgress: (line) => {
      log(line);
      tellAll({ tell: "progress", line });
    },
    onLost: (reason) => {
      log(reason);
      tellAll({ tell: "lost", reason });
    },
  });

  const idle = Promise.withResolvers<void>();
  options.signal.addEventListener("abort", () => idle.resolve(), { once: true });
  let grace = setTimeout(idle.resolve, options.graceMs); // for a first client that died on its way
  const remove = (client: Socket, graceMs: number): void => {
    if (!clients.delete(client)) return;
    log(`a client has gone, ${clients.size} left`);
    if (clients.size === 0) grace = setTimeout(idle.resolve, graceMs);
    else leaving.forEach((left) => left.end());
  };

  await makeControlFolder(paths.control);
  await rm(paths.socket, { force: true });
  const listener = createServer((client) => {
    clearTimeout(grace);
    clients.add(client);
    log(`a client has come, ${clients.size} now`);
    leaving.forEach((left) => left.end());
    client.on("error", () => client.destroy());
    client.once("close", () => {
      leaving.delete(client);
      remove(client, options.graceMs);
    });
    client.write(encodeLine({ tell: "hello", protocol: protocolVersion }));
    readLines(client, (line) => {
      const request = decodeRequest(line);
      if (request === undefined) client.destroy();
      else if (request.ask === "leave") {
        leaving.add(client);
        remove(client, 0);
      } else void answer(servers, request).then((message) => client.write(encodeLine(message)));
    });
  });
  listener.listen(paths.socket);
  await once(listener, "listening");
  log(`listening on ${paths.socket}`);

  await idle.promise;
  log("stopping");
  clearTimeout(grace);
  listener.close();
  clients.forEach((client) => client.destroy());
  await servers[Symbol.asyncDispose]();
  await rm(paths.control, { recursive: true, force: true });
  leaving.forEach((client) => client.destroy());
  log("stopped");
}

async function answer(servers: Servers, request: Exclude<Request, { ask: "leave" }>): Promise<Message> {
  try {
    return { tell: "reached", id: request.id, reached: await reach(servers, request) };
  } catch (error) {
    return { tell: "failed", id: request.id, reason: messageOf(error) };
  }
}

function reach(servers: Servers, request: Exclude<Request, { ask: "leave" }>): Promise<Reached> {
  return request.ask === "etcd" ? servers.etcd() : servers.database(request.name);
}
