import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { debianPackages } from "@banyan/dev";
import { ExpectedError } from "@banyan/service";
import { parse } from "yaml";

const run = promisify(execFile);

/** The kustomize inside of older ones was not tried on these manifests; before 1.22 it knows no replacements. */
const oldestKubectl = { major: 1, minor: 27 };
const versionMs = 10_000;
const renderMs = 60_000;

/** What turns a folder of k8s/ into manifests. */
export interface Kustomize {
  /** `kubectl 1.32.4` or `kustomize, Debian's 5.6.0` */
  readonly name: string;
  /**
   * @param folder absolute
   * @returns YAML, a document an object
   * @throws {ExpectedError} when it cannot be rendered
   */
  render(folder: string): Promise<string>;
}

export interface KustomizeOptions {
  /** Default: that of the PATH. */
  readonly kubectl?: string;
  readonly onProgress?: (line: string) => void;
}

/**
 * kubectl where it is at hand and new enough, else Debian's package of kustomize, unpacked into the cache.
 *
 * @throws {PackagesUnavailableError} when there is neither
 */
export async function findKustomize({ kubectl = "kubectl", onProgress }: KustomizeOptions = {}): Promise<Kustomize> {
  const version = await kubectlVersion(kubectl);
  if (version !== undefined && isNewEnough(version)) {
    return { name: `kubectl ${version}`, render: (folder) => renderWith(kubectl, ["kustomize", folder]) };
  }
  const { root, archives } = await debianPackages("kustomize", ["kustomize"], { onProgress });
  const [, packaged = "?"] = /_([0-9.]+)/.exec(archives[0] ?? "") ?? [];
  const program = join(root, "usr/bin/kustomize");
  return { name: `kustomize ${packaged}`, render: (folder) => renderWith(program, ["build", folder]) };
}

/** Every folder below k8s/ that `kubectl apply -k` takes, relative to `root`, sorted; components are no such folders. */
export async function kustomizations(root: string): Promise<string[]> {
  const names = await readdir(join(root, "k8s"), { recursive: true });
  const files = names.filter((name) => /(^|[\\/])kustomization\.ya?ml$/.test(name)).map((name) => join("k8s", name));
  const folders = await Promise.all(
    files.map(async (file) => {
      const kustomization: { readonly kind?: string } = parse(await readFile(join(root, file), "utf8"));
      return kustomization.kind === "Component" ? [] : [dirname(file)];
    }),
  );
  return folders.flat().sort();
}

async function renderWith(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, { timeout: renderMs, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const told = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    // kubectl's log line has the sentence in its field err.
    const [, why = told] = /\berr="(.*)"$/s.exec(told) ?? [];
    throw new ExpectedError(`${args.at(-1)} does not render: ${why.replaceAll(/\s*\n\s*/g, "; ")}`);
  }
}

/** `1.32.4`; undefined where there is no kubectl that tells. */
async function kubectlVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ["version", "--client", "--output=json"], { timeout: versionMs });
    const told: { readonly clientVersion?: { readonly gitVersion?: string } } = JSON.parse(stdout);
    return /^v(\d+\.\d+\.\d+)/.exec(told.clientVersion?.gitVersion ?? "")?.[1];
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldestKubectl.major || (major === oldestKubectl.major && minor >= oldestKubectl.minor);
}
