import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ExpectedError, run } from "@banyan/service";
import { packLibrary } from "./pack-library.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));

/** `node tools/pack/src/main.ts libs/<name> [<folder>]`: packs a library, by default into its dist/, and prints the tarball. */
await run(async () => {
  const [library, folder, ...rest] = process.argv.slice(2);
  if (library === undefined || rest.length > 0) {
    throw new ExpectedError("usage: node tools/pack/src/main.ts libs/<name> [<folder to make>]");
  }
  const root = library.replace(/\/+$/, "");
  const { tarball } = await packLibrary(
    workspace,
    root,
    folder === undefined ? join(workspace, root, "dist") : resolve(folder),
  );
  process.stdout.write(`${tarball} ${((await stat(tarball)).size / 1000).toFixed(0)} kB\n`);
});
