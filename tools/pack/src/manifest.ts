import { ExpectedError } from "@banyan/service";
import type { Library } from "./library.ts";

/** The package.json of a packed library: https://docs.npmjs.com/cli/configuring-npm/package-json */
export interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: "module";
  readonly engines: { readonly node: string };
  readonly sideEffects?: false | undefined;
  /** `types` comes first: TypeScript takes the first condition that it knows. */
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * Of these a process must have one copy, the user's own: our types speak of Connect's and protobuf's, an error is known
 * by its class, and OpenTelemetry's API finds the tracer through a global that each copy looks for by its version.
 */
const brought = new Set(["@bufbuild/protobuf", "@connectrpc/connect", "@opentelemetry/api"]);

/**
 * What a library's package.json becomes when it is packed. Versions are pinned in the workspace, where one lock file
 * holds for all; a packed library asks for the same or a later compatible one.
 *
 * @param versions of the workspace's libraries by name, for the dependencies that are written `*`
 * @throws {ExpectedError} for a dependency that has neither an exact version nor, as a library of ours, `*`
 */
export function packedManifest(library: Library, versions: ReadonlyMap<string, string>): PackedManifest {
  const { name, version, description, license, sideEffects } = library;
  const ranges = Object.entries(library.dependencies).map(([dependency, pinned]) => {
    const exact = pinned === "*" ? versions.get(dependency) : pinned;
    if (exact !== undefined && /^\d+\.\d+\.\d+$/.test(exact)) return [dependency, `^${exact}`] as const;
    const rule = "expected an exact version, or * for a library of the workspace";
    throw new ExpectedError(`${library.root}/package.json: dependencies.${dependency}: ${rule}, got "${pinned}"`);
  });
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=24" }, // `await using` is a syntax error before
    ...(sideEffects === false && { sideEffects }),
    exports: Object.fromEntries(
      Object.entries(library.exports).map(([subpath, source]) => [
        subpath,
        { types: compiled(source, ".d.ts"), default: compiled(source, ".js") },
      ]),
    ),
    files: ["dist"],
    dependencies: Object.fromEntries(ranges.filter(([dependency]) => !brought.has(dependency))),
    peerDependencies: Object.fromEntries(ranges.filter(([dependency]) => brought.has(dependency))),
  };
}

/** `./src/testing/index.ts` -> `./dist/testing/index.js` */
function compiled(source: string, extension: ".js" | ".d.ts"): string {
  return source.replace("./src/", "./dist/").replace(/\.ts$/, extension);
}
