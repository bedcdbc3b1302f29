import { containersOf, ofKind, workloadsOf, type Container, type Rendered, type Workload } from "../manifests/kinds.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

/** What Kubernetes calls the restricted profile, a token nobody needs left out, and what a node needs to plan with. */
export const checkPods: Rule = (rendered) =>
  workloadsOf(rendered).flatMap((workload) =>
    violationsOf(rendered, workload.name, [
      ...podOf(workload),
      ...placeOf(workload),
      ...accountOf(workload, rendered),
      ...containersOf(workload.template).flatMap(containerOf),
    ]),
  );

function podOf({ template: { spec, metadata }, selector, app }: Workload): (string | undefined)[] {
  const { runAsNonRoot, seccompProfile } = spec?.securityContext ?? {};
  const labels = metadata?.labels ?? {};
  return [
    mismatch("automountServiceAccountToken", false, spec?.automountServiceAccountToken),
    mismatch("enableServiceLinks", false, spec?.enableServiceLinks),
    mismatch("runAsNonRoot", true, runAsNonRoot),
    mismatch("seccompProfile", { type: "RuntimeDefault" }, seccompProfile),
    // Selectors cannot be changed later: nothing that changes with a version may be in them.
    mismatch("selector", { "app.kubernetes.io/name": app }, selector),
    mismatch("label app.kubernetes.io/name of the pods", app, labels["app.kubernetes.io/name"]),
  ];
}

/** Where there can be several, they are spread over zones. */
function placeOf({ template: { spec }, selector, app }: Workload): (string | undefined)[] {
  if (app === "postgres") return [];
  const zones = spec?.topologySpreadConstraints?.find(
    ({ topologyKey }) => topologyKey === "topology.kubernetes.io/zone",
  );
  return [mismatch("topology spread over zones", selector, zones?.labelSelector?.matchLabels)];
}

function accountOf({ template: { spec } }: Workload, rendered: Rendered): (string | undefined)[] {
  const account = ofKind(rendered, "ServiceAccount").find(
    ({ metadata }) => metadata?.name === spec?.serviceAccountName,
  );
  if (account === undefined)
    return [`serviceAccountName ${spec?.serviceAccountName ?? "none"}: there is no such account`];
  return [mismatch("automountServiceAccountToken of its account", false, account.automountServiceAccountToken)];
}

function containerOf({ name, securityContext = {}, resources }: Container): (string | undefined)[] {
  const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext;
  const of = (what: string, expected: unknown, got: unknown): string | undefined =>
    mismatch(`${what} of ${name}`, expected, got);
  return [
    of("allowPrivilegeEscalation", false, allowPrivilegeEscalation),
    of("readOnlyRootFilesystem", true, readOnlyRootFilesystem),
    of("capabilities", { drop: ["ALL"] }, capabilities),
    of("requests", ["cpu", "memory"], Object.keys(resources?.requests ?? {}).sort()),
    of("limits", ["memory"], Object.keys(resources?.limits ?? {}).sort()),
  ];
}
