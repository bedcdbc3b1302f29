import { ofKind, workloadsOf } from "../manifests/kinds.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import type { Rendered } from "../manifests/kinds.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

/**
 * How many pods of a service there are is said by its HorizontalPodAutoscaler alone, nobody takes away more than one at a
 * time, and a rollout takes none away before another one is there. In the trial folder there is one of everything.
 */
export const checkReplicas: Rule = (rendered, code) => [
  ...servicesOf(rendered, code).flatMap((service) =>
    violationsOf(rendered, service.name, [
      ...autoscalerOf(service, rendered),
      ...rolloutOf(service),
      ...migrationOf(service),
    ]),
  ),
  ...workloadsOf(rendered).flatMap(({ name, app, selector }) => {
    const budget = ofKind(rendered, "PodDisruptionBudget").find(({ metadata }) => metadata?.name === app);
    if (app === "postgres") return [];
    return violationsOf(rendered, name, [
      mismatch(
        "PodDisruptionBudget",
        { app, selector, atOnce: 1 },
        {
          app: budget?.metadata?.name,
          selector: budget?.spec?.selector?.matchLabels,
          atOnce: budget?.spec?.maxUnavailable,
        },
      ),
    ]);
  }),
  ...(rendered.folder === "k8s/overlays/dev" ? oneOfEverything(rendered) : []),
];

function autoscalerOf({ code, deployment }: RenderedService, rendered: Rendered): (string | undefined)[] {
  const target = { apiVersion: "apps/v1", kind: "Deployment", name: code.project };
  const autoscalers = ofKind(rendered, "HorizontalPodAutoscaler").filter(
    ({ spec }) => spec?.scaleTargetRef.name === target.name,
  );
  const [autoscaler] = autoscalers;
  const { minReplicas = 1, maxReplicas = 0 } = autoscaler?.spec ?? {};
  return [
    mismatch("replicas (the HorizontalPodAutoscaler owns them)", undefined, deployment.spec?.replicas),
    mismatch("HorizontalPodAutoscalers", 1, autoscalers.length),
    mismatch("apiVersion of the HorizontalPodAutoscaler", "autoscaling/v2", autoscaler?.apiVersion),
    mismatch("scaleTargetRef", target, autoscaler?.spec?.scaleTargetRef),
    maxReplicas >= minReplicas ? undefined : `maxReplicas ${maxReplicas} is less than minReplicas ${minReplicas}`,
  ];
}

function rolloutOf({ deployment }: RenderedService): (string | undefined)[] {
  const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {};
  return [mismatch("rollingUpdate", { maxSurge: 1, maxUnavailable: 0 }, { maxSurge, maxUnavailable })];
}

function migrationOf({ deployment }: RenderedService): (string | undefined)[] {
  const [migrate] = deployment.spec?.template.spec?.initContainers ?? [];
  return [mismatch("command of the first init container", ["node", "dist/migrate.js"], migrate?.command)];
}

function oneOfEverything(rendered: Rendered) {
  return [
    ...ofKind(rendered, "HorizontalPodAutoscaler").flatMap(({ metadata, spec }) =>
      violationsOf(rendered, `HorizontalPodAutoscaler/${metadata?.name ?? "?"}`, [
        mismatch("min and max of the trial", [1, 1], [spec?.minReplicas, spec?.maxReplicas]),
      ]),
    ),
    ...ofKind(rendered, "StatefulSet").flatMap(({ metadata, spec }) =>
      violationsOf(rendered, `StatefulSet/${metadata?.name ?? "?"}`, [
        mismatch("replicas of the trial", 1, spec?.replicas),
      ]),
    ),
  ];
}
