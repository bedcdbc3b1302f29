import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import type { ISecret } from "kubernetes-models/v1/Secret";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { parseAllDocuments } from "yaml";

export type { IContainer as Container, IDeployment as Deployment, INetworkPolicy as NetworkPolicy };

/** Any object of Kubernetes, of which no more is known than what all have. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Labels };
}

export type Labels = Readonly<Record<string, string>>;

/** The kinds that are read here, by their names. That an object is one of its kind is what the rule "schema" proves. */
export interface Kinds {
  readonly ConfigMap: IConfigMap;
  readonly Deployment: IDeployment;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly Namespace: INamespace;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly Secret: ISecret;
  readonly Service: IService;
  readonly ServiceAccount: IServiceAccount;
  readonly StatefulSet: IStatefulSet;
}

/** What one folder of k8s/ renders to. */
export interface Rendered {
  /** Relative to the workspace: `k8s/overlays/dev`. */
  readonly folder: string;
  readonly objects: readonly Manifest[];
}

/** @throws when the text is no YAML */
export function parseManifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    for (const error of document.errors) throw error;
    const object: Manifest | null = document.toJS();
    return object === null ? [] : [object];
  });
}

/** The objects of one kind. */
export function ofKind<Kind extends keyof Kinds>(rendered: Rendered, kind: Kind): Kinds[Kind][] {
  return rendered.objects.filter((object): object is Manifest & Kinds[Kind] => object.kind === kind);
}

/** `Deployment/user-service` */
export function nameOf({ kind, metadata }: Pick<Manifest, "kind" | "metadata">): string {
  return `${kind}/${metadata?.name ?? "?"}`;
}

/** What `app.kubernetes.io/name` says, as in `user-service`. */
export function appOf(object: { readonly metadata?: { readonly labels?: Labels } | undefined }): string | undefined {
  return object.metadata?.labels?.["app.kubernetes.io/name"];
}

/** A Deployment or a StatefulSet: what makes pods. */
export interface Workload {
  /** `Deployment/user-service` */
  readonly name: string;
  readonly app: string | undefined;
  readonly selector: Labels;
  readonly template: IPodTemplateSpec;
}

export function workloadsOf(rendered: Rendered): Workload[] {
  return [...ofKind(rendered, "Deployment"), ...ofKind(rendered, "StatefulSet")].flatMap((object) => {
    const { spec } = object;
    if (spec === undefined) return [];
    const { selector, template } = spec;
    return [{ name: nameOf(object), app: appOf(object), selector: selector.matchLabels ?? {}, template }];
  });
}

/** Init containers first, as they run. */
export function containersOf({ spec }: IPodTemplateSpec): IContainer[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}
