import type { Code } from "../code/code.ts";
import { ofKind, type Rendered } from "../manifests/kinds.ts";
import { servicesOf } from "../manifests/services.ts";
import type { Violation } from "./violation.ts";

/** Every service has a folder of its own, is in every overlay, and has a database and a role in the trial. */
export function checkRegistration(all: readonly Rendered[], code: Code): Violation[] {
  const found = (folder: string): Rendered =>
    all.find((rendered) => rendered.folder === folder) ?? { folder, objects: [] };
  const overlays = all.filter(({ folder }) => folder.startsWith("k8s/overlays/"));
  return code.services.flatMap(({ project }) => [
    ...[found(`k8s/${project}`), ...overlays].flatMap((rendered): Violation[] => {
      if (servicesOf(rendered, code).some((service) => service.code.project === project)) return [];
      const message = `does not render ${project}: add it to ${rendered.folder === `k8s/${project}` ? rendered.folder : "k8s/services"}`;
      return [{ where: rendered.folder, message }];
    }),
    ...databaseOf(project, found("k8s/overlays/dev")),
  ]);
}

function databaseOf(project: string, rendered: Rendered): Violation[] {
  const name = project.replaceAll("-", "_");
  const databases = ofKind(rendered, "ConfigMap").flatMap(({ data }) => data?.["databases"]?.split("\n") ?? []);
  const urls = ofKind(rendered, "Secret").flatMap(({ data }) => Buffer.from(data?.["url"] ?? "", "base64").toString());
  const isOwn = (url: string): boolean => {
    const parsed = URL.parse(url);
    return parsed?.username === name && parsed.host === "postgres:5432" && parsed.pathname === `/${name}`;
  };
  return [
    ...(databases.includes(name) ? [] : [{ where: "k8s/postgres/databases", message: `has no line ${name}` }]),
    ...(urls.some(isOwn)
      ? []
      : [{ where: rendered.folder, message: `has no Secret with the URL of ${name}, for ${project}` }]),
  ];
}
