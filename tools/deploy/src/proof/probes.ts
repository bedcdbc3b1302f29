import type { Code } from "../code/code.ts";
import { environmentOf, valueOf } from "../manifests/environment.ts";
import type { Rendered } from "../manifests/kinds.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

/**
 * Probes ask what the program answers, in times that fit the time to live of its lease: an instance is off the Service's
 * list no later than off etcd's, and is restarted only when nobody calls it any more.
 */
export const checkProbes: Rule = (rendered, code) =>
  servicesOf(rendered, code).flatMap((service) =>
    violationsOf(rendered, service.name, [...questions(service, code), ...windows(service, code, rendered)]),
  );

function questions({ code, container }: RenderedService, { liveness }: Code): (string | undefined)[] {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const port = container.ports?.find(({ name }) => name === "grpc")?.containerPort;
  return [
    mismatch("startupProbe (until the first announcement)", { path: "/readyz", port: "admin" }, startupProbe?.httpGet),
    mismatch("readinessProbe (health of the service)", { port, service: code.name }, readinessProbe?.grpc),
    mismatch("livenessProbe (health of the process)", { port, service: liveness }, livenessProbe?.grpc),
  ];
}

interface Probe {
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
}

function windows({ container, deployment }: RenderedService, code: Code, rendered: Rendered): (string | undefined)[] {
  const { readinessProbe, livenessProbe, startupProbe } = container;
  const ttl = Number(valueOf(environmentOf(container, rendered), "LEASE_TTL_SECONDS") ?? code.leaseTtlSeconds);
  const ready = windowSeconds(readinessProbe);
  const live = windowSeconds(livenessProbe);
  const start = windowSeconds(startupProbe);
  const progress = deployment.spec?.progressDeadlineSeconds ?? 600;
  return [
    ready <= ttl ? undefined : `readinessProbe gives up after ${ready} s, and etcd after ${ttl} s: make it shorter`,
    live > ttl
      ? undefined
      : `livenessProbe gives up after ${live} s, while etcd lists the pod for ${ttl} s: make it longer`,
    start >= progress
      ? undefined
      : `startupProbe gives up after ${start} s, before the rollout does after ${progress} s: a wait for etcd would become restarts`,
  ];
}

/** The longest that a probe fails before the kubelet acts; Kubernetes' defaults where nothing is said. */
function windowSeconds({ periodSeconds = 10, failureThreshold = 3 }: Probe = {}): number {
  return periodSeconds * failureThreshold;
}
