import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Buildah } from "./buildah.ts";

const nodeImage = "docker.io/library/node:26.10.0-trixie-slim";
const librariesImage = "gcr.io/distroless/cc-debian13:nonroot";

/**
 * Makes, where no registry is, images under the two names that the Containerfile begins with: of the Node that runs this
 * and of this machine's C and C++ libraries, laid out as there: libatomic and npm are with Node alone.
 */
export async function makeStandIns(buildah: Buildah): Promise<void> {
  const { stdout } = await promisify(execFile)("ldd", [process.execPath], { timeout: 10_000 });
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
  const isAtomic = (path: string): boolean => basename(path).startsWith("libatomic.");
  const inUsr = (path: string): string => path.replace(/^(\/usr)?\/lib\//, "/usr/lib/");
  await commit(buildah, nodeImage, [
    { from: process.execPath, to: "/usr/local/bin/node" },
    { from: "/bin/sh", to: "/usr/local/bin/npm" },
    ...libraries.filter(isAtomic).map((path) => ({ from: path, to: inUsr(path) })),
  ]);
  const others = libraries.filter((path) => !isAtomic(path)).map((path) => ({ from: path, to: path }));
  await commit(buildah, librariesImage, others);
}

async function commit(
  buildah: Buildah,
  image: string,
  files: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "banyan-base-"));
  try {
    for (const { from, to } of files) {
      const copy = join(folder, to);
      await mkdir(dirname(copy), { recursive: true });
      await copyFile(from, copy);
      await chmod(copy, 0o755);
    }
    const container = await buildah.run("from", "scratch");
    await buildah.run("copy", "--quiet", container, folder, "/");
    await buildah.run(
      "config",
      "--env",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      container,
    );
    await buildah.run("commit", "--quiet", "--rm", container, image);
  } finally {
    await rm(folder, { recursive: true });
  }
}
