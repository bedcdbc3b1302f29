import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import { InventoryService } from "@banyan/stubs-inventory";
import { createClient, type CallOptions, type Client, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { openTransport } from "../clients/transport.ts";

/** The calls of the order service to the stock. */
export type GatedMethod = "reserve" | "commit" | "release";

/** Where a call is held: before the inventory service gets it, or after it has answered. */
export type GatedMoment = "before" | "after";

/** Calls that are held. */
export interface Hold {
  /** Resolves when the first call is held. */
  readonly reached: Promise<void>;
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
  const gated =
    <I, O>(
      method: GatedMethod,
      forward: (to: Client<typeof InventoryService>, request: I, options: CallOptions) => O,
    ) =>
    async (request: I, { signal }: HandlerContext): Promise<Awaited<O>> => {
      await pass(method, "before");
      if (inventory === undefined) throw new Error("the gate leads nowhere yet");
      const answer = await forward(inventory, request, { signal });
      await pass(method, "after");
      return answer;
    };

  const handler = connectNodeAdapter({
    routes: (router) =>
      router.service(InventoryService, {
        reserve: gated("reserve", (to, request: Parameters<typeof to.reserve>[0], options) =>
          to.reserve(request, options),
        ),
        commit: gated("commit", (to, request: Parameters<typeof to.commit>[0], options) => to.commit(request, options)),
        release: gated("release", (to, request: Parameters<typeof to.release>[0], options) =>
          to.release(request, options),
        ),
      }),
  });
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
      const open = Promise.withResolvers<void>();
      const key = `${moment} ${method}`;
      holds.set(key, { reached: reached.resolve, opened: open.promise });
      return {
        reached: reached.promise,
        open() {
          holds.delete(key);
          open.resolve();
        },
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
