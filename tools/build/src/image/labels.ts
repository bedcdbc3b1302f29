import { runCommand } from "./command.ts";

/** What an image says of itself. */
export interface ImageFacts {
  /** The project, as in `user-service`. */
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly licenses: string;
  readonly git: GitFacts;
}

/** What git knows of the sources; each undefined where it knows nothing. */
export interface GitFacts {
  /** The commit, with `-dirty` behind it where files differ from it. */
  readonly revision: string | undefined;
  /** Where the repository is to be had, for people. */
  readonly source: string | undefined;
}

/**
 * The labels of an image; those without a value are left out. There is none with the time: the same input makes the same
 * image.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/annotations.md
 */
export function labelsOf({ git, ...facts }: ImageFacts): Readonly<Record<string, string>> {
  const labels = Object.entries({ ...facts, ...git }).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[`org.opencontainers.image.${key}`, value] as const],
  );
  return Object.fromEntries(labels);
}

const questionMs = 20_000;

/** Asks git about a checkout, whoever it belongs to. */
export async function readGitFacts(root: string): Promise<GitFacts> {
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    const command = ["git", "-c", "safe.directory=*", ...args];
    const { code, stdout } = await runCommand(command, { output: "read", timeoutMs: questionMs, folder: root });
    return code === 0 ? stdout.trim() : undefined;
  };
  const commit = await ask("rev-parse", "HEAD");
  const changes = await ask("status", "--porcelain");
  const origin = await ask("remote", "get-url", "origin");
  return {
    revision: commit === undefined || changes === "" ? commit : `${commit}-dirty`,
    source: origin === undefined ? undefined : publicUrl(origin),
  };
}

/**
 * The address of a repository as a browser opens it: without the user and password that a remote may have.
 *
 * @returns undefined for what is no address of a host, as a path
 */
export function publicUrl(remote: string): string | undefined {
  const [, host, path] =
    /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(remote) ??
    /^(?:[^/@:]+@)([^/:]+):(.+)$/.exec(remote) ??
    [];
  return host === undefined || path === undefined ? undefined : `https://${host}/${path.replace(/\.git$/, "")}`;
}
