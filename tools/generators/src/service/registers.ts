import type { Tree } from "@nx/devkit";
import type { ServiceNames } from "./names.ts";

/** A file that lists the services one by one, sorted. Everything else finds them in apps/ by itself. */
interface Register {
  readonly path: string;
  /** Matches the entry of one service, whose name without `-service` is the group. */
  readonly entries: RegExp;
}

const registers: readonly Register[] = [
  { path: "k8s/services/kustomization.yaml", entries: /^ {2}- \.\.\/([a-z0-9-]+)-service\n/gm },
  { path: "k8s/postgres/databases", entries: /^([a-z0-9_]+)_service\n/gm },
  {
    path: "k8s/overlays/dev/kustomization.yaml",
    entries: /^ {2}- name: ([a-z0-9-]+)-service-database\n(?: {4,}.*\n)+/gm,
  },
];

/**
 * Adds a service to the lists that name them all, each entry made as that of another service is.
 *
 * @throws when a list is not where it was: this file, or the list, is to be mended
 */
export function register(tree: Tree, { one }: ServiceNames): void {
  for (const { path, entries } of registers) {
    const text = tree.read(path, "utf8") ?? "";
    const listed = [...text.matchAll(entries)];
    const last = listed.at(-1);
    if (last === undefined) throw new Error(`${path} lists no service in the form that tools/generators knows`);
    const [model, name = ""] = last;
    const entry = model
      .replaceAll(`${name.replaceAll("_", "-")}-service`, `${one.kebab}-service`)
      .replaceAll(`${name.replaceAll("-", "_")}_service`, `${one.snake}_service`);
    const at = listed.find(([other]) => other > entry)?.index ?? last.index + model.length;
    tree.write(path, text.slice(0, at) + entry + text.slice(at));
  }
}
