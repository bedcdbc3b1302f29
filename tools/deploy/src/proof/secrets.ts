import type { Code } from "../code/code.ts";
import { environmentOf } from "../manifests/environment.ts";
import { containersOf, nameOf, ofKind, workloadsOf, type Rendered } from "../manifests/kinds.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import { violationsOf, type Rule, type Violation } from "./violation.ts";

/** The one folder whose Secrets are written down: its password is known to all, and services refuse it elsewhere. */
const trial = "k8s/overlays/dev";
const secretName = /(PASSWORD|SECRET|TOKEN|DATABASE_URL|_HEADERS)$/;

/** No secret stands in the manifests: they are referred to by name. In the trial folder there is the trial password, and no other. */
export const checkSecrets: Rule = (rendered, code) => [
  ...(rendered.folder === trial ? trialSecrets(rendered, code) : noSecrets(rendered, code)),
  ...literals(rendered),
  ...servicesOf(rendered, code).flatMap((service) =>
    violationsOf(rendered, service.name, databaseOf(service, rendered)),
  ),
];

function noSecrets(rendered: Rendered, { trialPassword }: Code): Violation[] {
  const message = `is written down: refer to one that is in the cluster; only ${trial} has its own`;
  const inText = JSON.stringify(rendered.objects).includes(trialPassword)
    ? [{ where: rendered.folder, message: `has the trial password, which belongs into ${trial} alone` }]
    : [];
  return [
    ...ofKind(rendered, "Secret").flatMap((secret) => violationsOf(rendered, nameOf(secret), [message])),
    ...inText,
  ];
}

function trialSecrets(rendered: Rendered, { trialPassword }: Code): Violation[] {
  return ofKind(rendered, "Secret").flatMap((secret) => {
    const values = Object.values(secret.data ?? {}).map((value) => Buffer.from(value, "base64").toString());
    const isTrial = (value: string): boolean => value === trialPassword || value.includes(`:${trialPassword}@`);
    const message = `has another password than the trial's, which services refuse elsewhere`;
    return violationsOf(rendered, nameOf(secret), values.every(isTrial) ? [] : [message]);
  });
}

/** Variables whose names tell that they are secret, with their values in the manifest. */
function literals(rendered: Rendered): Violation[] {
  return workloadsOf(rendered).flatMap(({ name, template }) =>
    containersOf(template).flatMap((container) => {
      const given = [...environmentOf(container, rendered)];
      const written = given.filter(([variable, { tag }]) => tag === "value" && secretName.test(variable));
      const message = (variable: string): string => `${variable}: its value is written down; take it from a Secret`;
      return violationsOf(
        rendered,
        name,
        written.map(([variable]) => message(variable)),
      );
    }),
  );
}

/** Every container of a service has the service's own database, by the one name. */
function databaseOf({ code, containers }: RenderedService, rendered: Rendered): (string | undefined)[] {
  const base = `${code.project}-database`;
  return containers.map((container) => {
    const source = environmentOf(container, rendered).get("DATABASE_URL");
    if (source?.tag !== "secret") return `${container.name}: DATABASE_URL does not come from a Secret`;
    // Kustomize adds a hash to the names of the Secrets that it makes.
    const isOwn = source.secret === base || new RegExp(`^${base}-[a-z0-9]{10}$`).test(source.secret);
    return isOwn && source.key === "url" ? undefined : `${container.name}: expected the key url of Secret ${base}`;
  });
}
