import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ExpectedError } from "@banyan/service";
import { z } from "zod";

const source = z.templateLiteral(["./src/", z.string(), ".ts"]);
const schema = z.object({
  name: z.templateLiteral(["@banyan/", z.string()]),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  /** Subpath to source file: `"./testing": "./src/testing/index.ts"`. */
  exports: z.record(z.string(), source),
  sideEffects: z.literal(false).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** A project below libs/, as its package.json in the workspace has it. */
export interface Library extends z.output<typeof schema> {
  /** Relative to the workspace: `libs/registry`, `libs/stubs/user`. */
  readonly root: string;
}

/** All libraries of a workspace: what is below libs/, the contracts too. */
export async function findLibraries(workspace: string): Promise<readonly Library[]> {
  const libs = await readdir(join(workspace, "libs"), { withFileTypes: true });
  const stubs = await readdir(join(workspace, "libs/stubs"), { withFileTypes: true });
  const roots = [
    ...libs.filter(({ name }) => name !== "stubs").map(({ name }) => `libs/${name}`),
    ...stubs.map(({ name }) => `libs/stubs/${name}`),
  ];
  return await Promise.all(roots.map((root) => readLibrary(workspace, root)));
}

/**
 * @param root relative to the workspace: `libs/registry`
 * @throws {ExpectedError} when nothing below libs/ is there, or its package.json is not that of a library
 */
export async function readLibrary(workspace: string, root: string): Promise<Library> {
  if (!/^libs\/[^.]+$/.test(root)) throw new ExpectedError(`${root} is no library: what is below libs/ can be packed`);
  const path = `${root}/package.json`;
  const text = await readFile(join(workspace, path), "utf8").catch((cause: unknown) => {
    throw new ExpectedError(`${root} is no library: there is no ${path}`, { cause });
  });
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new ExpectedError(`${path}:\n${z.prettifyError(parsed.error)}`);
  return { root, ...parsed.data };
}
