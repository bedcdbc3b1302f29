import { HealthCheckResponse_ServingStatus as Status, type Health } from "@banyan/stubs-standard/health";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { untilAborted } from "../until-aborted.ts";
import type { ServingMonitor } from "./serving-monitor.ts";

/**
 * grpc.health.v1.Health: the whole server under the empty name, and each of its services under its full name. They share
 * one status.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function health(monitor: ServingMonitor, services: readonly string[]): ServiceImpl<typeof Health> {
  const names = new Set(["", ...services]);
  return {
    check({ service }) {
      if (!names.has(service)) throw new ConnectError(`${service} is not a service of this server`, Code.NotFound);
      return { status: Status[monitor.status] };
    },

    async *watch({ service }, { signal }) {
      // "If the requested service is unknown at the time of the call, SERVICE_UNKNOWN is sent […] and the call stays open."
      if (!names.has(service)) {
        yield { status: Status.SERVICE_UNKNOWN };
        await untilAborted(signal, new Promise<never>(() => undefined));
      }
      for await (const status of monitor.follow(signal)) yield { status: Status[status] };
    },
  };
}
