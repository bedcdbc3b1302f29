import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runCommand } from "../command.ts";
import type { Example, ExampleFile } from "./examples.ts";

/** What a project on Connect has, whether it uses a library of ours or not. */
const connect = ["@bufbuild/protobuf", "@connectrpc/connect", "@connectrpc/connect-node", "@types/node"];

const installMs = 120_000;

/** How TypeScript finds a package: as Node does, and as bundlers do. The declarations of packages are checked too. */
const resolutions = {
  nodenext: { module: "nodenext", skipLibCheck: false },
  bundler: { module: "esnext", moduleResolution: "bundler", skipLibCheck: true }, // once is enough
};

/** A project that knows nothing of this repository, in a folder of its own. */
export interface PlainProject {
  readonly folder: string;
  /** Each example's file, in their order. */
  readonly programs: readonly string[];
  /** A program that imports everything that the packages export, and prints how much each of them is. */
  readonly everything: string;
}

/**
 * Makes a project with examples in it and has npm install what they import, from a registry.
 *
 * @param options.exports all that can be imported of the libraries: `@banyan/registry`, `@banyan/registry/testing`
 */
export async function createPlainProject(options: {
  readonly folder: string;
  readonly registryUrl: string;
  /** Of npm: shared by the projects of one registry. */
  readonly cacheFolder: string;
  readonly packages: readonly string[];
  readonly exports: readonly string[];
  readonly examples: readonly Example[];
  readonly files: readonly ExampleFile[];
}): Promise<PlainProject> {
  const { folder, registryUrl, cacheFolder, packages, exports, examples, files } = options;
  const dependencies = [...new Set([...connect, ...packages, ...examples.flatMap((example) => example.packages)])];
  const written = [
    { path: "package.json", text: JSON.stringify({ name: "plain", private: true, type: "module" }) },
    ...Object.entries(resolutions).map(([name, compilerOptions]) => configuration(name, compilerOptions)),
    ...examples.map(({ code }, index) => ({ path: `example-${index + 1}.ts`, text: code })),
    { path: "everything.ts", text: importing(exports) },
    ...files,
  ];
  for (const { path, text } of written) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const from = ["--registry", registryUrl, "--cache", cacheFolder, "--userconfig", join(folder, ".npmrc")];
  const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
  const install = ["npm", "install", ...from, ...quietly, "--strict-peer-deps", ...dependencies];
  await runCommand(install, { folder, timeoutMs: installMs });
  return { folder, programs: examples.map((_, index) => `example-${index + 1}.ts`), everything: "everything.ts" };
}

function configuration(name: string, compilerOptions: object): ExampleFile {
  const options = { target: "esnext", strict: true, types: ["node"], noEmit: true };
  const project = { compilerOptions: { ...options, ...compilerOptions }, include: ["*.ts"] };
  return { path: `tsconfig.${name}.json`, text: JSON.stringify(project) };
}

function importing(exports: readonly string[]): string {
  const imports = exports.map((specifier, index) => `import * as exports${index} from ${JSON.stringify(specifier)};`);
  const prints = exports.map(
    (specifier, index) => `console.log(${JSON.stringify(specifier)}, Object.keys(exports${index}).length);`,
  );
  return [...imports, ...prints, ""].join("\n");
}

/**
 * Compiles all programs of a project against what is installed in it, once for each way to find a package.
 *
 * @throws {ExpectedError} with tsc's words
 */
export async function checkTypes(workspace: string, { folder }: PlainProject): Promise<void> {
  const tsc = join(workspace, "node_modules/.bin/tsc");
  await Promise.all(
    Object.keys(resolutions).map((name) => runCommand([tsc, "--project", `tsconfig.${name}.json`], { folder })),
  );
}
