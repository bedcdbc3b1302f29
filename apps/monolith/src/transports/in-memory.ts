import { domainErrors } from "@banyan/rpc";
import { currentCall, type Logger } from "@banyan/telemetry";
import { createRouterTransport, type ConnectRouter, type Interceptor, type Transport } from "@connectrpc/connect";

export interface InMemoryTransportOptions {
  /** The service's name, as in `user`: its errors have the domain `user.banyan`, as if it were a process of its own. */
  readonly name: string;
  readonly log: Logger;
}

/**
 * A transport to routes in this process: messages are encoded and decoded, and errors arrive as over a network.
 *
 * What is called runs in the context of the call that is being worked on (correlation id, trace, deadline), and is given
 * up when that is over. It is no call of its own to logs, metrics and traces: those tell of what came through the door.
 */
export function inMemoryTransport(
  routes: (router: ConnectRouter) => void,
  { name, log }: InMemoryTransportOptions,
): Transport {
  return createRouterTransport(routes, {
    router: { interceptors: [domainErrors({ domain: `${name}.banyan`, log })] },
    transport: { interceptors: [endWithCall] },
  });
}

const endWithCall: Interceptor = (next) => (request) => {
  const { signal } = currentCall() ?? {};
  return next(signal === undefined ? request : { ...request, signal: AbortSignal.any([request.signal, signal]) });
};
