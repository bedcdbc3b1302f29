import { HealthCheckResponse_ServingStatus as Status, type Health } from "@banyan/stubs-standard/health";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { untilAborted } from "../until-aborted.ts";
import { serverStartedAtHeader } from "../wire/server-started-at.ts";
import type { ServingMonitor } from "./serving-monitor.ts";

export interface HealthOptions {
  /** The names that it answers for beside the empty one. */
  readonly names: readonly string[];
  /** When the process began to serve. */
  readonly startedAt: Date;
}

/**
 * The name under which health is that of the process alone: SERVING for as long as it answers. Whoever restarts what does
 * not answer asks for it, so that nobody is restarted because a database is away.
 */
const liveness = "liveness";

/**
 * grpc.health.v1.Health: the whole server under the empty name, the same status under each of `names`, and `liveness`. The
 * headers of its answers say when the process began to serve.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function health(monitor: ServingMonitor, options: HealthOptions): ServiceImpl<typeof Health> {
  const names = new Set(["", ...options.names]);
  const startedAt = options.startedAt.toISOString();
  return {
    check({ service }, { responseHeader }) {
      responseHeader.set(serverStartedAtHeader, startedAt);
      if (service === liveness) return { status: Status.SERVING };
      if (!names.has(service)) throw new ConnectError(`${service} is not a service of this server`, Code.NotFound);
      return { status: Status[monitor.status] };
    },

    async *watch({ service }, { signal, responseHeader }) {
      responseHeader.set(serverStartedAtHeader, startedAt);
      // "If the requested service is unknown at the time of the call, SERVICE_UNKNOWN is sent […] and the call stays open."
      if (!names.has(service)) {
        yield { status: service === liveness ? Status.SERVING : Status.SERVICE_UNKNOWN };
        await untilAborted(signal, new Promise<never>(() => undefined));
      }
      for await (const status of monitor.follow(signal)) yield { status: Status[status] };
    },
  };
}
