import { access, mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import { etcdProtos } from "./etcd-protos.ts";

/** CommonJS packages expect these names; an ES module has to make them. */
const commonJsNames = [
  `import { createRequire as createBundleRequire } from "node:module";`,
  `const require = createBundleRequire(import.meta.url);`,
  `const __dirname = import.meta.dirname, __filename = import.meta.filename;`,
].join("\n");

/** The programs of an app: `src/main.ts` serves; `src/migrate.ts`, where there is one, migrates and ends. */
const programs = ["main", "migrate"];

/** A file that a program was bundled into, and how large it is. */
export interface Bundle {
  /** As in `<folder>/dist/main.js`. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Bundles each program of an app with all that it imports into one file, `dist/main.js` and `dist/migrate.js`: ES modules
 * that run where there is no node_modules. The same sources make the same bytes in any folder.
 *
 * A source map lies beside each, for stack traces: it has names and positions, and leaves the text of the sources out.
 *
 * `dist/` is one level deep, as `src/` is: `new URL("../migrations/", import.meta.url)` means one folder in both.
 *
 * @param root absolute path of the workspace
 * @param app the app's folder, relative to it
 * @param folder where `dist/` is made, relative to the workspace or absolute; by default the app's own
 * @throws when the app does not build; esbuild has printed why
 */
export async function bundleApp(root: string, app: string, folder: string = app): Promise<readonly Bundle[]> {
  const sources = programs.map((program) => join(app, "src", `${program}.ts`));
  const migrates = await access(join(root, app, "src/migrate.ts")).then(
    () => true,
    () => false,
  );
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: migrates ? sources : sources.slice(0, 1),
    // Maps name sources relative to here; written elsewhere, they must be the same.
    outdir: join(app, "dist"),
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    sourcemap: "linked",
    sourcesContent: false,
    banner: { js: commonJsNames },
    // pg looks for it when a program asks for its native twin; ours never do.
    external: ["pg-native"],
    plugins: [etcdProtos()],
    logLevel: "warning",
  });
  const dist = resolve(root, folder, "dist");
  await mkdir(dist, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(join(dist, basename(path)), contents);
  return outputFiles
    .filter(({ path }) => path.endsWith(".js"))
    .map(({ path, contents }) => ({ path: join(folder, "dist", basename(path)), bytes: contents.byteLength }));
}
