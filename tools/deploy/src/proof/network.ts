import type { Code } from "../code/code.ts";
import type { Rendered } from "../manifests/kinds.ts";
import { cidrsOpen, leaves, lets, podsOf, type Peer } from "../manifests/network.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import { violationsOf, type Rule } from "./violation.ts";

const [etcdPort, postgresPort, otlpPort, dnsPort] = [2379, 5432, 4318, 53];

const prometheus: Peer = { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" }, ports: {} };
const collector: Peer = {
  namespace: "monitoring",
  labels: { "app.kubernetes.io/name": "opentelemetry-collector" },
  ports: {},
};
const dns: Peer = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, ports: {} };
const stranger: Peer = { namespace: "elsewhere", labels: {}, ports: {} };

/** Exactly those connections can be opened that the code opens: none is missing, and no other one gets through. */
export const checkNetwork: Rule = (rendered, code) =>
  servicesOf(rendered, code).flatMap((service) =>
    violationsOf(rendered, service.name, connectionsOf(service, rendered, code)),
  );

function connectionsOf(service: RenderedService, rendered: Rendered, code: Code): (string | undefined)[] {
  const { code: own } = service;
  const pods = podsOf(rendered, own.project) ?? stranger;
  const between = (what: string, expected: boolean, open: boolean): string | undefined => {
    if (expected === open) return undefined;
    return open
      ? `${what}: the code does not, and the policies let it`
      : `${what}: the code does, and the policies do not let it`;
  };
  const others = servicesOf(rendered, code).filter((other) => other.code !== own);
  return [
    ...others.flatMap((other) => {
      const target = podsOf(rendered, other.code.project) ?? stranger;
      const { project, name, port, adminPort } = other.code;
      return [
        between(`calls ${project}`, own.calls.includes(name), lets(rendered, pods, target, port)),
        between(`reads the metrics of ${project}`, false, lets(rendered, pods, target, adminPort)),
      ];
    }),
    ...outsideCalls(service, rendered, pods),
    between("looks up names", true, leaves(rendered, pods, dns, dnsPort)),
    between("sends traces", true, leaves(rendered, pods, collector, otlpPort)),
    between("is scraped by Prometheus", true, lets(rendered, prometheus, pods, own.adminPort)),
    between("is called by Prometheus", false, lets(rendered, prometheus, pods, own.port)),
    between("is called from other namespaces", false, lets(rendered, stranger, pods, own.port)),
    between("is scraped from other namespaces", false, lets(rendered, stranger, pods, own.adminPort)),
    between("sends to other namespaces", false, leaves(rendered, pods, stranger, 443)),
  ];
}

/** etcd and the database: pods that are rendered too, or addresses outside. */
function outsideCalls({ code }: RenderedService, rendered: Rendered, pods: Peer): (string | undefined)[] {
  return [
    { app: "etcd", port: etcdPort },
    { app: "postgres", port: postgresPort },
  ].map(({ app, port }) => {
    const rendering = podsOf(rendered, app);
    const beside: Peer = { labels: { "app.kubernetes.io/name": app }, ports: {} };
    const open = rendering
      ? lets(rendered, pods, rendering, port)
      : leaves(rendered, pods, beside, port) || cidrsOpen(rendered, pods, port).length > 0;
    return open ? undefined : `reaches ${app} on ${port}: ${code.project} does, and the policies do not let it`;
  });
}
