import { startProxy, type Proxy } from "../proxy/proxy.ts";

/** How one client reaches etcd: through a proxy of its own for each member, or without any. */
export interface Route extends AsyncDisposable {
  /** As for `ETCD_ENDPOINTS`. */
  readonly endpoints: readonly string[];
  /** In the order of the members; none where the client goes straight to etcd. */
  readonly proxies: readonly Proxy[];
}

/** @param endpoints of the members, as `http://127.0.0.1:<port>` */
export async function openRoute(endpoints: readonly string[]): Promise<Route> {
  const ports = endpoints.map((endpoint) => Number(new URL(endpoint).port));
  const proxies = await Promise.all(ports.map((target) => startProxy({ target })));
  return {
    endpoints: proxies.map(({ port }) => `http://127.0.0.1:${port}`),
    proxies,
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}

export function directRoute(endpoints: readonly string[]): Route {
  return { endpoints, proxies: [], [Symbol.asyncDispose]: async () => undefined };
}
