import { environmentOf, valueOf } from "../manifests/environment.ts";
import { ofKind, type Rendered } from "../manifests/kinds.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

/** The ports of containers and Services are those that the program listens on, and a Service is called as etcd knows it. */
export const checkPorts: Rule = (rendered, code) =>
  servicesOf(rendered, code).flatMap((service) => [
    ...violationsOf(rendered, service.name, containerPorts(service, rendered)),
    ...violationsOf(rendered, `Service/${service.code.name}`, servicePorts(service, rendered)),
  ]);

function containerPorts({ code, container }: RenderedService, rendered: Rendered): (string | undefined)[] {
  const variables = environmentOf(container, rendered);
  const grpc = Number(valueOf(variables, "PORT") ?? code.port);
  const admin = Number(valueOf(variables, "ADMIN_PORT") ?? grpc - code.port + code.adminPort);
  const portOf = (name: string) => container.ports?.find((port) => port.name === name)?.containerPort;
  return [
    mismatch("containerPort of grpc", grpc, portOf("grpc")),
    mismatch("containerPort of admin", admin, portOf("admin")),
  ];
}

function servicePorts({ code, container, deployment }: RenderedService, rendered: Rendered): (string | undefined)[] {
  const found = ofKind(rendered, "Service").find(({ metadata }) => metadata?.name === code.name);
  if (found?.spec === undefined) return [`is not there, and ${code.project} announces itself under this name`];
  const { clusterIP, selector, ports } = found.spec;
  return [
    mismatch("clusterIP (connections last, so that callers pick the pod)", "None", clusterIP),
    mismatch("selector", deployment.spec?.selector.matchLabels, selector),
    ...["grpc", "admin"].flatMap((name) => {
      const port = ports?.find((candidate) => candidate.name === name);
      const containerPort = container.ports?.find((candidate) => candidate.name === name)?.containerPort;
      // A headless Service maps no ports: who resolves its name dials the pod itself.
      return [
        mismatch(`port ${name}`, containerPort, port?.port),
        mismatch(`targetPort of ${name}`, name, port?.targetPort),
        mismatch(`appProtocol of ${name}`, name === "grpc" ? "kubernetes.io/h2c" : "http", port?.appProtocol),
      ];
    }),
  ];
}
