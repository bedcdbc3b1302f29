import type { Code } from "../code/code.ts";
import { servicesOf, type RenderedService } from "../manifests/services.ts";
import { violationsOf, type Rule } from "./violation.ts";

/** A pod is given longer to end than the program can take, what preStop takes first included. */
export const checkGrace: Rule = (rendered, code) =>
  servicesOf(rendered, code).flatMap((service) => violationsOf(rendered, service.name, graceOf(service, code)));

function graceOf({ container, deployment }: RenderedService, { shutdown }: Code): (string | undefined)[] {
  const preStop = container.lifecycle?.preStop?.sleep?.seconds;
  if (preStop === undefined) return ["preStop: expected a sleep, for those who come by the Service's name"];
  const grace = deployment.spec?.template.spec?.terminationGracePeriodSeconds ?? 30;
  const needed = preStop + shutdown.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  if (grace > needed) return [];
  const parts = shutdown.map(({ what, ms }) => `${ms / 1000} s until ${what}`).join(", ");
  return [
    `terminationGracePeriodSeconds: expected more than ${needed}, got ${grace}: ${preStop} s of preStop, ${parts}`,
  ];
}
