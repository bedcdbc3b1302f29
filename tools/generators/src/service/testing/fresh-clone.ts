import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../../../..");

/** What a program printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  /** What went to stdout and stderr, one after the other. */
  readonly output: string;
}

/** The workspace as a clone has it after `npm ci`. Disposing removes it. */
export interface FreshClone extends AsyncDisposable {
  readonly path: string;
  /** Runs a command of node_modules/.bin, or of the PATH, to its end, 3 minutes at most. */
  run(command: string, ...args: string[]): Promise<Outcome>;
  /** What its commands see: ours, without what the Nx or npm that runs us has put there. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths that differ from the last commit, and new ones, as `git status --porcelain` lists them. */
  changes(): Promise<readonly string[]>;
  /** Commits them. */
  commit(message: string): Promise<void>;
}

/**
 * Copies the files that git knows or would add into a folder below the system's temporary one, as the only commit of a
 * branch main. Packages of the registry are linked, not installed; those of the workspace are the copies.
 */
export async function openFreshClone(): Promise<FreshClone> {
  const parent = await mkdtemp(join(await realpath(tmpdir()), "banyan-clone-"));
  const path = join(parent, "clone");
  const env = environmentOf(path);
  const execute = (cwd: string, command: string, args: readonly string[]): Promise<Outcome> => {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    execFile(command, args, { cwd, env, timeout: 180_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, output: stdout + stderr });
      else reject(error ?? new Error(`${command} ended without an exit code`));
    });
    return promise;
  };
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const { code, output } = await execute(cwd, "git", ["-c", "safe.directory=*", ...args]);
    if (code !== 0) throw new Error(`git ${args.join(" ")} failed: ${output}`);
    return output;
  };
  const listed = await git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate");
  const deleted = new Set((await git(root, "ls-files", "-z", "--deleted")).split("\0"));
  const files = listed.split("\0").filter((file) => file !== "" && !deleted.has(file));
  await Promise.all(files.map((file) => cp(join(root, file), join(path, file))));
  for (const folder of files.filter((file) => /(^|\/)package\.json$/.test(file)).map(dirname))
    await linkPackages(join(root, folder, "node_modules"), join(path, folder, "node_modules"));
  const commit = async (message: string): Promise<void> => {
    await git(path, "add", "--all");
    await git(path, "commit", "--quiet", "--message", message);
  };
  await git(path, "init", "--quiet", "--initial-branch=main");
  await commit("the working tree");
  return {
    path,
    run: (command, ...args) => execute(path, command, args),
    env,
    commit,
    changes: async () =>
      (await git(path, "status", "--porcelain", "--untracked-files=all")).split("\n").filter(Boolean),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

/** Links each package; a link inside the workspace (`../../libs/rpc`) is copied as it is, and so leads to the copy. */
async function linkPackages(from: string, to: string): Promise<void> {
  const found = await readdir(from, { withFileTypes: true }).catch(() => []);
  // What vite keeps there is each clone's own.
  const entries = found.filter(({ name }) => !/^\.(vite|cache)/.test(name));
  if (entries.length > 0) await mkdir(to, { recursive: true });
  for (const entry of entries) {
    const source = join(from, entry.name);
    if (entry.isSymbolicLink()) await symlink(await readlink(source), join(to, entry.name));
    else if (entry.name.startsWith("@")) await linkPackages(source, join(to, entry.name));
    else await symlink(source, join(to, entry.name));
  }
}

/** A git of no one in particular, and an Nx that starts no daemon; nothing of the Nx or npm that runs the tests. */
function environmentOf(path: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|npm_|GIT_|VITEST|NODE_ENV|FORCE_COLOR)/i.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [join(path, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
    CI: "true",
    INIT_CWD: path,
    NX_DAEMON: "false",
    NX_TUI: "false",
    NO_COLOR: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    ...Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((who) => [
        [`GIT_${who}_NAME`, "clone"],
        [`GIT_${who}_EMAIL`, "clone@localhost"],
      ]),
    ),
  };
}
