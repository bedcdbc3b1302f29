import { delimiter, isAbsolute, join } from "node:path";
import { debianPackages } from "../debian/packages.ts";
import { PackagesUnavailableError } from "../debian/unpack.ts";
import { runCommand } from "../process/command.ts";

export interface PrometheusSearch {
  /** Where programs are looked for, by default the PATH of this process. */
  readonly path?: string;
  /** Gets a line when something takes a while. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Gives the fetching up. */
  readonly signal?: AbortSignal | undefined;
}

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
  /** What its pages are made of, where they are not in the program itself. */
  readonly webAssets?: string;
}

const versionMs = 10_000;

/** Prometheus, its tool, and the libraries of its pages, which Debian keeps in packages of their own. */
const packages = [
  "prometheus",
  "promtool",
  "fonts-glyphicons-halflings",
  "libjs-bootstrap4",
  "libjs-d3",
  "libjs-eonasdan-bootstrap-datetimepicker",
  "libjs-jquery",
  "libjs-jquery-hotkeys",
  "libjs-moment",
  "libjs-moment-timezone",
  "libjs-mustache",
  "libjs-popper.js",
  "libjs-rickshaw",
];

/**
 * Finds Prometheus and promtool of at least 2.43: both in a folder of the PATH, else in the cache folder, else by fetching
 * Debian's packages into it.
 *
 * @throws {PackagesUnavailableError} saying what to install, where they are not to be had
 */
export async function locatePrometheus(search: PrometheusSearch = {}): Promise<PrometheusPrograms> {
  const found = await findOnPath(search.path ?? process.env["PATH"] ?? "");
  if (found) return found;
  try {
    const { root } = await debianPackages("prometheus", packages, search);
    const programs = join(root, "usr", "bin");
    return {
      prometheus: join(programs, "prometheus"),
      promtool: join(programs, "promtool"),
      webAssets: join(root, "usr", "share", "prometheus", "web"),
    };
  } catch (error) {
    if (!(error instanceof PackagesUnavailableError)) throw error;
    throw new PackagesUnavailableError(
      `${error.message}; install Prometheus 2.43 or newer so that prometheus and promtool are on the PATH`,
      { cause: error },
    );
  }
}

async function findOnPath(path: string): Promise<PrometheusPrograms | undefined> {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const [prometheus, promtool] = [join(folder, "prometheus"), join(folder, "promtool")];
    if ((await isRecent(prometheus)) && (await isRecent(promtool))) return { prometheus, promtool };
  }
  return undefined;
}

/** Whether it is there, and knows `scrape_config_files`, as 2.43 is the first to do. */
async function isRecent(file: string): Promise<boolean> {
  const told = await runCommand({ file, args: ["--version"], timeoutMs: versionMs }).catch(() => "");
  const [, major = 0, minor = 0] = (/version (\d+)\.(\d+)\./.exec(told) ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 43);
}
