import { environmentOf, type Source } from "../manifests/environment.ts";
import type { Container, Rendered } from "../manifests/kinds.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import type { Variables } from "../code/variables.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

/** Read by OpenTelemetry's exporter itself (libs/telemetry/src/tracing/environment.ts). */
const readByTheExporter =
  /^OTEL_EXPORTER_OTLP_(TRACES_)?(HEADERS|COMPRESSION|CERTIFICATE|CLIENT_KEY|CLIENT_CERTIFICATE)$/;

/** The variables are those that src/config.ts reads, none missing, none unknown, and each value is one that it takes. */
export const checkEnvironment: Rule = (rendered, code) =>
  servicesOf(rendered, code).flatMap((service) => [
    ...service.containers.flatMap((container) =>
      violationsOf(
        rendered,
        `${service.name} ${container.name}`,
        variablesOf(container, service.code.variables, rendered),
      ),
    ),
    ...violationsOf(rendered, service.name, placesOf(service, rendered)),
  ]);

function variablesOf(container: Container, schema: Variables, rendered: Rendered): (string | undefined)[] {
  const given = environmentOf(container, rendered);
  const absent = (container.envFrom ?? [])
    .map(({ configMapRef }) => configMapRef?.name ?? "")
    .filter((name) => !rendered.objects.some(({ kind, metadata }) => kind === "ConfigMap" && metadata?.name === name));
  const missing = [...schema].filter(([name, { required }]) => required && !given.has(name)).map(([name]) => name);
  return [
    ...absent.map((name) => `envFrom: there is no ConfigMap ${name}`),
    ...missing.map((name) => `${name} is not set, and src/config.ts has no default for it`),
    ...[...given].map(([name, source]) => judge(name, source, schema)),
  ];
}

function judge(name: string, source: Source, schema: Variables): string | undefined {
  const variable = schema.get(name);
  if (variable === undefined) {
    return readByTheExporter.test(name) ? undefined : `${name} is set, and src/config.ts does not read it`;
  }
  switch (source.tag) {
    case "value": {
      const refusal = variable.refusal(source.value);
      return refusal === undefined ? undefined : `${name}: ${refusal}`;
    }
    case "unknown":
      return `${name}: has no value, or one that is not in these manifests`;
    case "field":
    case "secret":
      return undefined;
    default:
      return source satisfies never;
  }
}

/** What has to be where: the pod's own address, and the files and folders that variables name. */
function placesOf({ container, deployment }: RenderedService, rendered: Rendered): (string | undefined)[] {
  const given = environmentOf(container, rendered);
  const mounts = container.volumeMounts ?? [];
  const volumes = deployment.spec?.template.spec?.volumes ?? [];
  const files = [...given].map(([name, source]) => {
    if (source.tag !== "value" || !/_(FILE|FOLDER)$/.test(name)) return undefined;
    const mount = mounts.find(
      ({ mountPath }) => source.value === mountPath || source.value.startsWith(`${mountPath}/`),
    );
    if (mount === undefined) return `${name}: nothing is mounted at ${source.value}`;
    const volume = volumes.find((candidate) => candidate.name === mount.name);
    if (name.endsWith("_FILE") || (volume?.emptyDir && mount.readOnly !== true)) return undefined;
    return `${name}: ${source.value} is no emptyDir that can be written to`;
  });
  return [mismatch("POD_IP", { tag: "field", path: "status.podIP" }, given.get("POD_IP")), ...files];
}
