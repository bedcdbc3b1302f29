import { containersOf, workloadsOf } from "../manifests/kinds.ts";
import { servicesOf } from "../manifests/services.ts";
import { mismatch, violationsOf, type Rule } from "./violation.ts";

const pinned = /^[^\s@]+:(?!latest$)[\w][\w.-]*\d[\w.-]*(@sha256:[0-9a-f]{64})?$/;

/** Every image is one version, for ever; a service's is that of its package.json, to migrate and to serve alike. */
export const checkImages: Rule = (rendered, code) => [
  ...workloadsOf(rendered).flatMap(({ name, template }) =>
    containersOf(template).flatMap(({ image = "none" }) =>
      violationsOf(rendered, name, [
        pinned.test(image) ? undefined : `image ${image}: expected one version, as in name:1.4.0`,
      ]),
    ),
  ),
  ...servicesOf(rendered, code).flatMap(({ code: { project, version }, name, containers }) =>
    containers.flatMap((container) =>
      violationsOf(rendered, name, [
        mismatch(`image of ${container.name}`, `banyan/${project}:${version}`, container.image),
      ]),
    ),
  ),
];
