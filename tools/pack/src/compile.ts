import { cp, mkdtempDisposable, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import type { Library } from "./library.ts";
import { withCompiledSpecifiers } from "./specifiers.ts";

/**
 * Compiles what a library exports, and what that imports, into JavaScript and declarations. Tests, and the tools of its
 * tests, are not reached from there.
 *
 * @param outFolder where `index.js` and `index.d.ts` go
 * @throws {ExpectedError} with tsc's words, when the types do not fit
 */
export async function compileLibrary(workspace: string, library: Library, outFolder: string): Promise<void> {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "banyan-pack-"));
  const configuration = {
    extends: join(workspace, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: workspace,
      outDir: scratch.path,
      typeRoots: [join(workspace, "node_modules/@types")],
    },
    files: Object.values(library.exports).map((source) => join(workspace, library.root, source)),
  };
  const project = join(scratch.path, "tsconfig.json");
  await writeFile(project, JSON.stringify(configuration));
  const tsc = [join(workspace, "node_modules/.bin/tsc"), "--project", project];
  await runCommand(tsc, { folder: workspace, failure: `${library.root} does not compile` });

  const emitted = join(scratch.path, library.root, "src");
  for (const path of await readdir(emitted, { recursive: true })) {
    if (!path.endsWith(".d.ts")) continue;
    const file = join(emitted, path);
    await writeFile(file, withCompiledSpecifiers(file, await readFile(file, "utf8")));
  }
  await cp(emitted, outFolder, { recursive: true });
}
