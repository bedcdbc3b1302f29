import { ofKind, workloadsOf, type Labels, type NetworkPolicy, type Rendered } from "./kinds.ts";

/** Something that sends or takes packets, as far as policies tell one from another. */
export interface Peer {
  readonly labels: Labels;
  /** Undefined: the namespace of the manifests. */
  readonly namespace?: string;
  /** Numbers of its ports by their names. */
  readonly ports: Readonly<Record<string, number>>;
}

type Egress = NonNullable<NonNullable<NetworkPolicy["spec"]>["egress"]>[number];
type Selector = NonNullable<NonNullable<Egress["to"]>[number]["podSelector"]>;

/** The pods of a workload. */
export function podsOf(rendered: Rendered, app: string): Peer | undefined {
  const workload = workloadsOf(rendered).find((candidate) => candidate.app === app);
  if (workload === undefined) return undefined;
  const ports = (workload.template.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return {
    labels: workload.template.metadata?.labels ?? {},
    ports: Object.fromEntries(ports.map(({ name = "", containerPort }) => [name, containerPort])),
  };
}

/**
 * Whether the policies let `from` open a TCP connection to a port of `to`: those of both sides have to, where a side has any
 * for that direction.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function lets(rendered: Rendered, from: Peer, to: Peer, port: number): boolean {
  return leaves(rendered, from, to, port) && enters(rendered, from, to, port);
}

/** Whether the policies of `from` let it send to a port of `to`; of an address outside, `to` is undefined. */
export function leaves(rendered: Rendered, from: Peer, to: Peer, port: number): boolean {
  const policies = policiesOn(rendered, from, "Egress");
  const rules = policies.flatMap(({ spec }) => spec?.egress ?? []);
  return policies.length === 0 || rules.some((rule) => covers(rule.to, rule.ports, to, to, port));
}

/** The addresses outside of the cluster to which `from` may send on a port, as CIDR. */
export function cidrsOpen(rendered: Rendered, from: Peer, port: number): string[] {
  const rules = policiesOn(rendered, from, "Egress").flatMap(({ spec }) => spec?.egress ?? []);
  return rules
    .filter(({ ports }) => onPort(ports, from, port))
    .flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr] : [])));
}

function enters(rendered: Rendered, from: Peer, to: Peer, port: number): boolean {
  const policies = policiesOn(rendered, to, "Ingress");
  const rules = policies.flatMap(({ spec }) => spec?.ingress ?? []);
  return policies.length === 0 || rules.some((rule) => covers(rule.from, rule.ports, from, to, port));
}

function policiesOn(rendered: Rendered, { labels, namespace }: Peer, direction: "Ingress" | "Egress"): NetworkPolicy[] {
  if (namespace !== undefined) return [];
  return ofKind(rendered, "NetworkPolicy").filter(({ spec }) => {
    return (
      spec !== undefined &&
      selects(spec.podSelector ?? {}, labels) &&
      (spec.policyTypes ?? ["Ingress"]).includes(direction)
    );
  });
}

/** A rule without peers is for all of them. */
function covers(peers: Egress["to"], ports: Egress["ports"], other: Peer, target: Peer, port: number) {
  const isPeer = (peers ?? []).some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) return false;
    const namespace = { "kubernetes.io/metadata.name": other.namespace ?? "" };
    const isPlace = namespaceSelector ? selects(namespaceSelector, namespace) : other.namespace === undefined;
    return isPlace && selects(podSelector ?? {}, other.labels);
  });
  return (peers === undefined || isPeer) && onPort(ports, target, port);
}

function onPort(ports: Egress["ports"], target: Peer, port: number): boolean {
  if (ports === undefined) return true;
  return ports.some((rule) => {
    if ((rule.protocol ?? "TCP") !== "TCP") return false;
    return rule.port === undefined || (typeof rule.port === "number" ? rule.port : target.ports[rule.port]) === port;
  });
}

function selects({ matchLabels = {}, matchExpressions }: Selector, labels: Labels): boolean {
  if (matchExpressions !== undefined)
    throw new Error("a NetworkPolicy has matchExpressions, which are not understood here");
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
