import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Connection, type Rules, type Way } from "./connection.ts";

export interface ProxyOptions {
  /** The port on 127.0.0.1 of what stands behind it. */
  readonly target: number;
  /** Finds out who has dialled, by the first bytes they send; see {@link Proxy.hold}. */
  readonly identify?: Rules["identify"];
}

/** A stretch of network: it passes bytes on between those who dial it and one server, until it is told to fail. */
export interface Proxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly openConnections: number;

  /** Resets every open connection. New ones are served. */
  cut(): void;

  /** Resets every open connection, and each new one as soon as it is made, until {@link heal}. */
  refuse(): void;

  /**
   * Lets nothing through that way, or both, until {@link heal}: as where packets are dropped, open connections stay open
   * and silent, and new ones hang.
   *
   * @param source of those who were identified, only this one's connections
   */
  hold(ways: Way | "both", source?: string): void;

  /**
   * Ends whatever was done to it.
   *
   * @param old what becomes of the connections that were open: they resume, and what was held back arrives, as after
   *   TCP's retransmissions (the default); or they are reset, as when a firewall has forgotten them
   */
  heal(old?: "resume" | "reset"): void;
}

type Fault =
  | { readonly tag: "none" }
  | { readonly tag: "refusing" }
  | { readonly tag: "holding"; readonly ways: Way | "both"; readonly source: string | undefined };

/** Starts a proxy on a free port of 127.0.0.1. Disposal resets its connections. */
export async function startProxy({ target, identify }: ProxyOptions): Promise<Proxy> {
  const connections = new Set<Connection>();
  let fault: Fault = { tag: "none" };

  const rules: Rules = {
    identify,
    dial: () => connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true }),
    passes(way, source) {
      if (fault.tag !== "holding") return true;
      const isMeant = fault.ways === "both" || fault.ways === way;
      return !isMeant || (fault.source !== undefined && fault.source !== source);
    },
  };
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
    if (fault.tag === "refusing") {
      socket.on("error", () => undefined).resetAndDestroy();
      return;
    }
    const connection: Connection = new Connection(socket, rules, () => connections.delete(connection));
    connections.add(connection);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a proxy listens on a port");

  const cut = (): void => connections.forEach((connection) => connection.reset());
  const change = (next: Fault): void => {
    fault = next;
    for (const connection of connections) connection.update();
  };
  return {
    port: address.port,
    get openConnections() {
      return connections.size;
    },
    cut,
    refuse() {
      change({ tag: "refusing" });
      cut();
    },
    hold: (ways, source) => change({ tag: "holding", ways, source }),
    heal(old = "resume") {
      if (old === "reset") cut();
      change({ tag: "none" });
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      cut();
      await closed;
    },
  };
}
