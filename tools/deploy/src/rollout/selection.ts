import { ExpectedError } from "@banyan/service";
import { appOf, ofKind, type Manifest, type Rendered } from "../manifests/kinds.ts";

/** The objects of one service, and what is needed to call it. */
export interface Selection {
  readonly objects: readonly Manifest[];
  readonly namespace: string | undefined;
  /** As in etcd and grpc.health.v1: `user`. */
  readonly name: string;
  readonly port: number;
  /** How long Kubernetes itself waits for a rollout to get on, in seconds. */
  readonly progressSeconds: number;
}

/**
 * What one service needs of what a folder renders to: the objects that bear its name, the Secrets that its Deployment
 * refers to, and the namespace.
 *
 * @param image takes the place of the image of its containers
 * @throws {ExpectedError} when the folder has no such service
 */
export function selectService(rendered: Rendered, project: string, image?: string): Selection {
  const deployment = ofKind(rendered, "Deployment").find(({ metadata }) => metadata?.name === project);
  const service = ofKind(rendered, "Service").find((candidate) => appOf(candidate) === project);
  const port = service?.spec?.ports?.find((candidate) => candidate.name === "grpc")?.port;
  const name = service?.metadata?.name;
  if (deployment === undefined || name === undefined || port === undefined) {
    throw new ExpectedError(`${rendered.folder} has no service ${project}`);
  }
  const referred = JSON.stringify(deployment);
  const objects = rendered.objects.filter((object) => {
    if (object.kind === "Secret") return referred.includes(JSON.stringify(object.metadata?.name ?? ""));
    return object.kind === "Namespace" || appOf(object) === project;
  });
  return {
    objects: image === undefined ? objects : objects.map((object) => withImage(object, `banyan/${project}`, image)),
    namespace: deployment.metadata?.namespace,
    name,
    port,
    progressSeconds: deployment.spec?.progressDeadlineSeconds ?? 600,
  };
}

function withImage<Part>(part: Part, name: string, image: string): Part {
  const text = JSON.stringify(part, (key, value: unknown) => {
    return key === "image" && typeof value === "string" && value.startsWith(`${name}:`) ? image : value;
  });
  return JSON.parse(text);
}
