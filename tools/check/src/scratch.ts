import { cp, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execute, toolEnvironment, type Outcome } from "./command.ts";
import { listFiles } from "./workspace.ts";

/** A copy of the workspace with a history of its own, to try things in that must not touch the real one. */
export interface Scratch extends AsyncDisposable {
  readonly path: string;
  /** What its commands see: ours, without what the Nx or npm that runs us has put there. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs a command in it, with the tools of node_modules/.bin; Nx starts no daemon. */
  run(command: string, ...args: string[]): Promise<Outcome>;
  /** The same for a command that must succeed; answers what it printed. @throws when it does not */
  must(command: string, ...args: string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Commits all changes. */
  commit(message: string): Promise<void>;
}

/**
 * Copies the working tree as git sees it into a new folder below the system's temporary one, as the only commit of a
 * branch main. Its name has a space in it: no tool may mind. Disposing removes it.
 *
 * Packages of the registry are linked, not installed; those of the workspace are the copies.
 *
 * @param holds which files to copy, by their path; default all. Packages are linked beside a package.json alone
 */
export async function openScratch(root: string, holds = /./): Promise<Scratch> {
  const parent = await mkdtemp(join(await realpath(tmpdir()), "banyan-scratch-"));
  const path = join(parent, "a workspace");
  const environment = scratchEnvironment(path);
  const run = (command: string, ...args: string[]): Promise<Outcome> =>
    execute(command, args, { cwd: path, env: environment });
  const must = async (command: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(command, ...args);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  };
  const commit = async (message: string): Promise<void> => {
    await must("git", "add", "--all");
    await must("git", "commit", "--quiet", "--no-verify", "--message", message);
  };
  const files = listFiles(root).filter((file) => holds.test(file));
  await Promise.all(files.map((file) => cp(join(root, file), join(path, file))));
  for (const folder of files.filter((file) => /(^|\/)package\.json$/.test(file)).map(dirname))
    await linkPackages(join(root, folder, "node_modules"), join(path, folder, "node_modules"));
  await must("git", "init", "--quiet", "--initial-branch=main");
  await must("git", "config", "core.fsync", "none");
  await commit("the working tree");
  return {
    path,
    environment,
    run,
    must,
    commit,
    async write(file, text) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    },
    async [Symbol.asyncDispose]() {
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** Links each package; a link inside the workspace (`../../libs/rpc`) is copied as it is, and so leads to the copy. */
async function linkPackages(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const source = join(from, entry.name);
      if (entry.isSymbolicLink()) await symlink(await readlink(source), join(to, entry.name));
      else if (entry.name.startsWith("@")) await linkPackages(source, join(to, entry.name));
      else await symlink(source, join(to, entry.name));
    }),
  );
}

/** A git of no one in particular, a Nx that starts no daemon and asks nothing. */
function scratchEnvironment(path: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(toolEnvironment()).filter(([name]) => !/^(NX_|npm_|GIT_|VITEST)/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    CI: "true",
    INIT_CWD: path,
    NX_DAEMON: "false",
    // Its plugins run in the process of Nx itself: half a second less for each command.
    NX_ISOLATE_PLUGINS: "false",
    NX_TUI: "false",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "scratch",
    GIT_AUTHOR_EMAIL: "scratch@localhost",
    GIT_COMMITTER_NAME: "scratch",
    GIT_COMMITTER_EMAIL: "scratch@localhost",
  };
}
