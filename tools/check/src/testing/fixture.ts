import { createWorkspace, type Workspace } from "../workspace.ts";

/** A workspace in memory: files by path; a package.json may be given as an object. */
export function fixture(files: Readonly<Record<string, string | object>>): Workspace {
  const texts = new Map(
    Object.entries({ "package.json": { name: "fixture" }, ...files }).map(([path, content]) => {
      return [path, typeof content === "string" ? content : JSON.stringify(content, null, 2)];
    }),
  );
  return createWorkspace([...texts.keys()].sort(), (path) => {
    const text = texts.get(path);
    if (text === undefined) throw new Error(`the fixture has no file ${path}`);
    return text;
  });
}

/** The package.json of a project in a layer. */
export function manifest(
  name: string,
  layer: string,
  dependencies: { readonly production?: readonly string[]; readonly tests?: readonly string[] } = {},
): object {
  const versions = (names: readonly string[] = []): object => Object.fromEntries(names.map((name) => [name, "*"]));
  return {
    name,
    dependencies: versions(dependencies.production),
    devDependencies: versions(dependencies.tests),
    nx: { tags: [`layer:${layer}`] },
  };
}
