import { join } from "node:path";
import { build } from "esbuild";
import { etcdProtos } from "./etcd-protos.ts";

/** CommonJS packages expect these names; an ES module has to make them. */
const commonJsNames = [
  `import { createRequire as createBundleRequire } from "node:module";`,
  `const require = createBundleRequire(import.meta.url);`,
  `const __dirname = import.meta.dirname, __filename = import.meta.filename;`,
].join("\n");

/** The file that a bundle is, and how large. */
export interface Bundle {
  /** Relative to the workspace: `apps/user-service/dist/main.js`. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Bundles `src/main.ts` of an app with all that it imports into `dist/main.js`, an ES module that runs where there is no
 * node_modules; its source map lies beside it. The same sources make the same bytes in any folder.
 *
 * `dist/` is one level deep, as `src/` is: `new URL("../migrations/", import.meta.url)` means one folder in both.
 *
 * @param root absolute path of the workspace
 * @param app the app's folder, relative to it
 * @throws when the app does not build; esbuild has printed why
 */
export async function bundleApp(root: string, app: string): Promise<Bundle> {
  const path = `${app}/dist/main.js`;
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(app, "src/main.ts")],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node26",
    sourcemap: "linked",
    metafile: true,
    banner: { js: commonJsNames },
    // pg looks for it when a program asks for its native twin; ours never do.
    external: ["pg-native"],
    plugins: [etcdProtos()],
    logLevel: "warning",
  });
  return { path, bytes: metafile.outputs[path]?.bytes ?? 0 };
}
