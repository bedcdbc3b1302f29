import { Health, HealthCheckResponse_ServingStatusSchema as StatusSchema } from "@banyan/stubs-standard/health";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { serverStartedAt } from "../wire/server-started-at.ts";
import { namedTls, secureContextOf, type ClientTls } from "./client-tls.ts";
import { http2Transport } from "./http2-transport.ts";
import { NotProcessedError } from "./not-processed-error.ts";

/** What an address answers when it is asked for the health of a service. */
export type HealthAnswer =
  | {
      readonly tag: "status";
      /** As grpc.health.v1 spells it: SERVING, NOT_SERVING, … */
      readonly status: string;
      /** When that process began to serve, by its own clock; undefined when it does not tell. */
      readonly startedAt: Date | undefined;
    }
  /** A server that answers, but not for this service. */
  | { readonly tag: "unknown service" }
  /** A server that answers with an error: it has no grpc.health.v1, it wants credentials, … */
  | { readonly tag: "refused"; readonly reason: string }
  /** Nothing that speaks gRPC answered in time. */
  | { readonly tag: "no answer"; readonly reason: string };

export interface HealthProbeOptions {
  /** How long one question may take, the opening of its connection included, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
  /** Speaks TLS; `{}` trusts what Node trusts. Default: cleartext. */
  readonly tls?: ClientTls | undefined;
}

/**
 * A probe for `openRegistry` of @banyan/registry: whether the instance says by grpc.health.v1 that it serves `service`. It
 * is false, and no error, for one that is gone, is busy beyond the bound, or is a server of something else.
 *
 * @throws {TypeError} naming the option of TLS that is not what it is to be
 */
export function healthProbe(options: HealthProbeOptions = {}) {
  if (options.tls !== undefined) secureContextOf(options.tls);
  const byService = new Map<string, ClientTls>();
  const tlsOf = (service: string): ClientTls | undefined => {
    const tls = byService.get(service) ?? (options.tls && namedTls(options.tls, service));
    if (tls !== undefined) byService.set(service, tls);
    return tls;
  };
  return async (instance: { readonly address: string }, service: string, signal: AbortSignal): Promise<boolean> => {
    const answer = await askHealth(instance.address, service, { ...options, tls: tlsOf(service), signal });
    return answer.tag === "status" && answer.status === "SERVING";
  };
}

/**
 * Asks grpc.health.v1 at an address for the health of a service, over a connection of its own that is closed after it.
 * Never rejects.
 *
 * @param service a registry name, as in `user`, or the full name of a service, as in `user.v1.UserService`; "" for the server
 * @param options.signal gives up the question, which then has no answer
 */
export async function askHealth(
  address: string,
  service: string,
  options: HealthProbeOptions & { readonly signal?: AbortSignal } = {},
): Promise<HealthAnswer> {
  const { timeoutMs = 2000, tls, signal } = options;
  try {
    await using transport = http2Transport(address, { connectTimeoutMs: timeoutMs, tls });
    let startedAt: Date | undefined;
    const { status } = await createClient(Health, transport).check(
      { service },
      { timeoutMs, ...(signal && { signal }), onHeader: (headers) => (startedAt = serverStartedAt(headers)) },
    );
    return { tag: "status", status: StatusSchema.value[status]?.name ?? `status ${status}`, startedAt };
  } catch (error) {
    return failedAnswer(error, timeoutMs);
  }
}

function failedAnswer(error: unknown, timeoutMs: number): HealthAnswer {
  if (!(error instanceof ConnectError)) return { tag: "no answer", reason: String(error) };
  const { code, cause } = error;
  if (code === Code.NotFound) return { tag: "unknown service" };
  if (code === Code.DeadlineExceeded) return { tag: "no answer", reason: `none within ${timeoutMs} ms` };
  if (code === Code.Unavailable || code === Code.Canceled) {
    return { tag: "no answer", reason: cause instanceof NotProcessedError ? cause.message : error.rawMessage };
  }
  return { tag: "refused", reason: error.message };
}
