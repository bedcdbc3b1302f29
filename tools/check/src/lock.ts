import type { Violation } from "./violation.ts";

/** What we read and write of package-lock.json (version 3). */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

export interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

/** An optional dependency that the lock file names but has no entry for. */
interface Absence {
  readonly parent: string;
  readonly name: string;
  readonly version: string;
  /** Where its entry belongs: at the top, or below its parent where the top has another version. */
  readonly key: string;
}

const registry = "https://registry.npmjs.org/";

/**
 * Judges that package-lock.json is complete on every platform and names the public registry alone.
 *
 * npm leaves out the optional packages of other platforms that the registry at hand does not have, and `npm ci` then
 * refuses the lock file where a registry has them: `Missing: @nx/nx-darwin-arm64@24.0.6 from lock file`.
 */
export function checkLock(text: string): Violation[] {
  const path = "package-lock.json";
  const lock: Lock = JSON.parse(text);
  const absent = absences(lock).map(({ parent, name, version }): Violation => {
    const message = `has no entry for ${name}@${version}, which ${parent} may need: run npm run lock -- --write`;
    return { path, rule: "lock/absent", message };
  });
  const elsewhere = Object.entries(lock.packages).flatMap(([key, { resolved }]): Violation[] => {
    if (resolved === undefined || !/^[a-z+]+:/.test(resolved) || resolved.startsWith(registry)) return [];
    const message = `takes ${key} from ${resolved}: only ${registry} can be reached by everybody`;
    return [{ path, rule: "lock/registry", message }];
  });
  return [...absent, ...elsewhere];
}

/**
 * The same lock file with an entry for each optional platform package that it lacks. Such an entry has no checksum:
 * where it was written, nobody could fetch the package.
 *
 * @throws when a package's name or version does not tell which platform or release it is
 */
export function completeLock(text: string): string {
  const lock: Lock = JSON.parse(text);
  for (const { parent, name, version, key } of absences(lock)) {
    if (!/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`${parent} wants ${name}@${version}: no exact version to lock`);
    const dev = lock.packages[parent]?.dev === true ? { dev: true } : {};
    lock.packages[key] = { version, ...dev, optional: true, ...platformOf(name) };
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
  return `${JSON.stringify(lock, null, 2)}\n`;
}

function absences(lock: Lock): Absence[] {
  return Object.entries(lock.packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]): Absence[] => {
      const found = foldersAbove(parent).find((folder) => `${folder}node_modules/${name}` in lock.packages);
      if (found === undefined) return [{ parent, name, version, key: `node_modules/${name}` }];
      const other = lock.packages[`${found}node_modules/${name}`]?.version !== version && /^\d/.test(version);
      return other ? [{ parent, name, version, key: `${parent}/node_modules/${name}` }] : [];
    }),
  );
}

/** Where Node looks for a package's dependencies: `node_modules/a/`, then the top, `""`. */
function foldersAbove(key: string): string[] {
  const folders = [`${key}/`.replace(/^\/$/, "")];
  for (let at = key.lastIndexOf("node_modules/"); at >= 0; at = key.lastIndexOf("node_modules/", at - 1)) {
    folders.push(key.slice(0, at));
    if (at === 0) break;
  }
  return [...new Set([...folders, ""])];
}

const systems = ["darwin", "linux", "win32", "freebsd", "android", "openharmony"];
const processors = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "loong64"];

/** The platform that a package's name speaks of: `@nx/nx-linux-x64-musl`, `binding-linux-arm-gnueabihf`. */
function platformOf(name: string): Required<Pick<LockedPackage, "os" | "cpu">> & Pick<LockedPackage, "libc"> {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu =
    processors.find((processor) => words.includes(processor)) ?? (/-armv?7?(-|$)/.test(name) ? "arm" : undefined);
  if (os === undefined || cpu === undefined)
    throw new Error(`${name}: its name does not say for which os and cpu it is`);
  if (os !== "linux") return { os: [os], cpu: [cpu] };
  if (/musl/.test(name)) return { os: [os], cpu: [cpu], libc: ["musl"] };
  return /gnu/.test(name) ? { os: [os], cpu: [cpu], libc: ["glibc"] } : { os: [os], cpu: [cpu] };
}
