import { fileURLToPath } from "node:url";
import { bundleApp } from "./bundle-app.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const [app, folder, ...rest] = process.argv.slice(2).map((path) => path.replace(/[\\/]+$/, ""));
if (app === undefined || rest.length > 0) {
  process.stderr.write("usage: node tools/build/src/bundle.ts apps/<name> [<folder to make dist/ in>]\n");
  process.exitCode = 2;
} else {
  try {
    for (const { path, bytes } of await bundleApp(root, app, folder)) {
      process.stdout.write(`${path} ${(bytes / 1e6).toFixed(1)} MB\n`);
    }
  } catch (error) {
    // A failure of esbuild's own carries its errors, which it has printed.
    if (!(error instanceof Error && "errors" in error)) throw error;
    process.exitCode = 1;
  }
}
