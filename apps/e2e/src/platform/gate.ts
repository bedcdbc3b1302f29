import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type Client, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { openTransport } from "../clients/transport.ts";
import { within } from "./eventually.ts";

/** The calls of the order service to the stock. */
export type GatedMethod = "reserve" | "commit" | "release";

/** Where a call is held: before the inventory service gets it, or after it has answered. */
export type GatedMoment = "before" | "after";

/** Calls that are held; disposal lets them go on. */
export interface Hold extends Disposable {
  /** Waits until a call is held, 10 s at most. */
  reached(): Promise<void>;
  /** Lets them go on, and all further ones pass. */
  open(): void;
}

/**
 * An address between the order service and the inventory service, which passes on the calls for stock and can hold them:
 * a test stops the world exactly between two steps of an order.
 */
export interface Gate extends AsyncDisposable {
  /** `host:port`, to announce in the place of the inventory service's own. */
  readonly address: string;
  /** @param address of the inventory service */
  forwardTo(address: string): void;
  hold(method: GatedMethod, moment: GatedMoment): Hold;
}

export async function startGate(): Promise<Gate> {
  await using opening = new AsyncDisposableStack();
  const transports = opening.use(new DisposableStack());
  const holds = new Map<string, { readonly reached: () => void; readonly opened: Promise<void> }>();
  let inventory: Client<typeof InventoryService> | undefined;

  const pass = async (method: GatedMethod, moment: GatedMoment): Promise<void> => {
    const hold = holds.get(`${moment} ${method}`);
    hold?.reached();
    await hold?.opened;
  };
  const gated = async <Answer>(
    method: GatedMethod,
    forward: (to: Client<typeof InventoryService>) => Promise<Answer>,
  ): Promise<Answer> => {
    await pass(method, "before");
    if (inventory === undefined) throw new Error("the gate leads nowhere yet");
    const answer = await forward(inventory);
    await pass(method, "after");
    return answer;
  };

  const service: Partial<ServiceImpl<typeof InventoryService>> = {
    reserve: (request, { signal }) => gated("reserve", (to) => to.reserve(request, { signal })),
    commit: (request, { signal }) => gated("commit", (to) => to.commit(request, { signal })),
    release: (request, { signal }) => gated("release", (to) => to.release(request, { signal })),
  };
  const handler = connectNodeAdapter({ routes: (router) => router.service(InventoryService, service) });
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer(handler).on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await once(server.listen(0, "localhost"), "listening");
  opening.defer(async () => {
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, "close");
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("expected a TCP port");

  const opened = opening.move();
  return {
    address: `localhost:${bound.port}`,
    forwardTo(address) {
      inventory = createClient(InventoryService, transports.use(openTransport(address)));
    },
    hold(method, moment) {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const key = `${moment} ${method}`;
      holds.set(key, { reached: reached.resolve, opened: released.promise });
      const letGo = (): void => {
        holds.delete(key);
        released.resolve();
      };
      return {
        reached: () => within(`a call is held ${moment} ${method}`, 10_000, reached.promise),
        open: letGo,
        [Symbol.dispose]: letGo,
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
