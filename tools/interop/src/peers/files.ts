import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for what a program reads; disposal removes it. */
export interface Files extends AsyncDisposable {
  readonly folder: string;
  /** @returns the path */
  write(name: string, content: string | Uint8Array): Promise<string>;
  read(name: string): Promise<string>;
}

export async function openFiles(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), "banyan-interop-"));
  return {
    folder,
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    read: (name) => readFile(join(folder, name), "utf8"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
