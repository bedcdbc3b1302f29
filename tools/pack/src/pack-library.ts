import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExpectedError } from "@banyan/service";
import { runCommand } from "./command.ts";
import { compileLibrary } from "./compile.ts";
import { inspectPackage } from "./inspect.ts";
import { findLibraries, readLibrary } from "./library.ts";
import { packedManifest, type PackedManifest } from "./manifest.ts";
import { packedReadme } from "./readme.ts";

export interface PackedLibrary {
  readonly manifest: PackedManifest;
  /** What is in the tarball. */
  readonly folder: string;
  /** `<outFolder>/banyan-registry-0.1.0.tgz` */
  readonly tarball: string;
}

/**
 * Packs a library: into `<outFolder>/package/` what npm would install, and beside it the tarball, which `npm publish` and
 * `npm install` take. The same sources give the same tarball.
 *
 * @param root of the library, relative to the workspace: `libs/registry`
 * @throws {ExpectedError} when it is no library, does not compile, or would not work where it is installed
 */
export async function packLibrary(workspace: string, root: string, outFolder: string): Promise<PackedLibrary> {
  const library = await readLibrary(workspace, root);
  const versions = new Map((await findLibraries(workspace)).map(({ name, version }) => [name, version]));
  const manifest = packedManifest(library, versions);

  const folder = join(outFolder, "package");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await compileLibrary(workspace, library, join(folder, "dist"));
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await copyFile(join(workspace, "LICENSE"), join(folder, "LICENSE"));
  const readme = await readFile(join(workspace, root, "README.md"), "utf8").catch(() => undefined);
  if (readme !== undefined) await writeFile(join(folder, "README.md"), packedReadme(readme));

  const faults = await inspectPackage(folder, manifest);
  if (faults.length > 0) throw new ExpectedError(faults.map((fault) => `${root}: ${fault}`).join("\n"));
  await runCommand(["npm", "pack", "--ignore-scripts", "--pack-destination", outFolder], { folder });
  return { manifest, folder, tarball: join(outFolder, tarballName(manifest)) };
}

/** As npm names it: `@banyan/registry` 0.1.0 -> `banyan-registry-0.1.0.tgz`. */
function tarballName({ name, version }: PackedManifest): string {
  return `${name.slice(1).replace("/", "-")}-${version}.tgz`;
}
