import type { Code, ServiceCode } from "../code/code.ts";
import { containersOf, ofKind, nameOf, type Container, type Deployment, type Rendered } from "./kinds.ts";

/** A service of ours in what a folder renders to. */
export interface RenderedService {
  readonly code: ServiceCode;
  /** `Deployment/user-service` */
  readonly name: string;
  readonly deployment: Deployment;
  /** The one that serves. */
  readonly container: Container;
  /** The one that serves, and before it the one that migrates. */
  readonly containers: readonly Container[];
}

/** The services whose Deployment is rendered: those called like a folder of apps/. */
export function servicesOf(rendered: Rendered, { services }: Code): RenderedService[] {
  return services.flatMap((code): RenderedService[] => {
    const deployment = ofKind(rendered, "Deployment").find(({ metadata }) => metadata?.name === code.project);
    const container = deployment?.spec?.template.spec?.containers[0];
    if (deployment?.spec === undefined || container === undefined) return [];
    const containers = containersOf(deployment.spec.template);
    return [{ code, name: nameOf(deployment), deployment, container, containers }];
  });
}
