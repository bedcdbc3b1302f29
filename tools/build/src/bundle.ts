import { fileURLToPath } from "node:url";
import { bundleApp } from "./bundle-app.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const app = process.argv[2]?.replace(/[\\/]+$/, "");
if (app === undefined) {
  process.stderr.write("usage: node tools/build/src/bundle.ts apps/<name>\n");
  process.exitCode = 2;
} else {
  try {
    const { path, bytes } = await bundleApp(root, app);
    process.stdout.write(`${path} ${(bytes / 1e6).toFixed(1)} MB\n`);
  } catch (error) {
    // A failure of esbuild's own carries its errors, which it has printed.
    if (!(error instanceof Error && "errors" in error)) throw error;
    process.exitCode = 1;
  }
}
