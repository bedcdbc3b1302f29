import { balancedTransport, http2Transport, type BalancedTransportOptions, type Discovery } from "@banyan/rpc";
import { UserService } from "@banyan/stubs-user";
import { runCall } from "@banyan/telemetry";
import { createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

/** One way to make the call; all of them make the same one. */
export type Way = () => Promise<unknown>;

export interface Ways extends AsyncDisposable {
  readonly byName: ReadonlyMap<string, Way>;
}

const timeoutMs = 5000;

/** What each of the others is compared with. */
export const stock = "connect-node";
/** The same for calls that are spread over all servers. */
export const stockByTurns = "connect-node, three by turns";

/** Against one server, each with one more layer than the one before. */
export const waysToOne = {
  careful: "connect-node, deadline and pings",
  http2: "http2Transport",
  unhedged: "balancedTransport, no hedging",
  balanced: "balancedTransport",
  inCall: "balancedTransport, within a call",
} as const;
export const balancedByThree = "balancedTransport, three instances";

/** @param addresses of three servers; the first is the one of `waysToOne` */
export function openWays(addresses: readonly string[]): Ways {
  const opened = new AsyncDisposableStack();
  const userId = crypto.randomUUID();
  const connectNode = (address: string, pings?: ConstructorParameters<typeof Http2SessionManager>[1]): Transport => {
    const sessionManager = new Http2SessionManager(`http://${address}`, pings);
    opened.defer(() => sessionManager.abort());
    return createGrpcTransport({ baseUrl: `http://${address}`, sessionManager });
  };
  const balanced = (to: readonly string[], options?: Partial<BalancedTransportOptions>) =>
    opened.use(balancedTransport(fixedDiscovery(to), { name: "bench", ...options }));
  const get = (transport: Transport, options?: { readonly timeoutMs: number }): Way => {
    const client = createClient(UserService, transport);
    return () => client.getUser({ userId }, options);
  };

  const [first = ""] = addresses;
  const unhedged = { policy: { methodConfig: [{ name: [{}], hedgingPolicy: null }] } };
  const byName = new Map<string, Way>([
    [stock, get(connectNode(first))],
    [waysToOne.careful, get(connectNode(first, { pingIntervalMs: 10_000, pingTimeoutMs: 3000 }), { timeoutMs })],
    [waysToOne.http2, get(opened.use(http2Transport(first)))],
    [waysToOne.unhedged, get(balanced([first], unhedged))],
    [waysToOne.balanced, get(balanced([first]))],
    [waysToOne.inCall, withinCall(get(balanced([first])))],
    [stockByTurns, byTurns(addresses.map((address) => get(connectNode(address))))],
    [balancedByThree, get(balanced(addresses))],
  ]);
  return { byName, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function byTurns(ways: readonly Way[]): Way {
  let turn = 0;
  return () => {
    const way = ways[turn++ % ways.length];
    if (way === undefined) throw new Error("there are no servers");
    return way();
  };
}

/** As a handler makes it: the call has the id, the deadline and the end of the one that is being worked on. */
function withinCall(way: Way): Way {
  return () => {
    const { signal } = new AbortController();
    return runCall({ requestId: "bench", signal, deadline: performance.now() + timeoutMs, previousAttempts: 0 }, way);
  };
}

function fixedDiscovery(addresses: readonly string[]): Discovery {
  return {
    instances: addresses.map((address) => ({ id: address, address })),
    subscribe: () => () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
