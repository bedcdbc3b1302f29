import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** buildah with images of its own, in a folder that disposal removes. */
export interface Buildah extends AsyncDisposable {
  /** For programs that build: buildah and git are all they find, and the images are these. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs buildah. @returns what it printed on stdout @throws with what it printed on stderr */
  run(...args: readonly string[]): Promise<string>;
}

const commandMs = 120_000;

/** Opens an empty store. It needs no daemon, but root. */
export async function openBuildah(): Promise<Buildah> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-buildah-"));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const [store, bin] = [join(folder, "storage.conf"), join(folder, "bin")];
  // vfs copies layers instead of mounting them: the one driver that works on any file system and inside containers.
  const [images, state] = [join(folder, "images"), join(folder, "state")];
  await writeFile(store, `[storage]\ndriver = "vfs"\ngraphroot = "${images}"\nrunroot = "${state}"\n`);
  await mkdir(bin);
  for (const program of ["buildah", "git"]) await symlink(await findProgram(program), join(bin, program));
  const env = { PATH: bin, CONTAINERS_STORAGE_CONF: store, BUILDAH_ISOLATION: "chroot", HOME: folder };
  const opened = opening.move();
  return {
    env,
    async run(...args) {
      const { stdout } = await promisify(execFile)("buildah", args, { env, cwd: folder, timeout: commandMs });
      return stdout.trim();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function findProgram(name: string): Promise<string> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new Error(`${name} is not on the PATH`);
}

/** Whether images can be built and run here: buildah is installed, and this is a root that may mount. */
export async function canBuildImages(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const works = (program: string, args: readonly string[]): Promise<boolean> =>
    promisify(execFile)(program, args, { timeout: 10_000 }).then(
      () => true,
      () => false,
    );
  return (await works("buildah", ["--version"])) && works("unshare", ["--mount", "true"]);
}
