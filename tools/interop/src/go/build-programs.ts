import { cp, mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { GoToolchain } from "@banyan/dev";
import { cacheFolder, goSources, workspaceFolder } from "../places.ts";
import { runCommand } from "../run-command.ts";

/** The import path that the sources give themselves; the stubs come below it, in `gen`. */
const importPath = "banyan.example";

const generateMs = 60_000;
const buildMs = 600_000;

/** Paths of the programs. */
export interface Programs {
  readonly address: string;
  readonly resolver: string;
  readonly server: string;
}

/**
 * Generates stubs of user.v1 and interop.v1, and builds the programs, in Go's GOPATH mode: Debian's packages are no modules.
 *
 * @throws when the contract or the sources do not compile
 */
export async function buildPrograms({ go, plugins, environment }: GoToolchain): Promise<Programs> {
  const work = join(cacheFolder, "work");
  const sources = join(work, "src", importPath);
  await rm(join(work, "src"), { recursive: true, force: true });
  await mkdir(sources, { recursive: true });
  await cp(goSources, sources, { recursive: true });

  const buf = join(workspaceFolder, "node_modules/@bufbuild/buf/bin/buf");
  const template = join(goSources, "buf.gen.yaml");
  const PATH = [plugins, process.env["PATH"]].join(delimiter);
  const generate = ["generate", "--template", template, "-o", join(work, "src")];
  for (const input of [["proto", "--path", "proto/user"], ["tools/interop/proto"]]) {
    const limits = { env: { ...process.env, PATH }, cwd: workspaceFolder, timeoutMs: generateMs };
    await runCommand(process.execPath, [buf, ...generate, ...input], limits);
  }

  const env = environment(work, join(cacheFolder, "go-build"));
  const programs = ["address", "resolver", "server"].map((name) => `${importPath}/${name}`);
  const out = join(work, "bin");
  await mkdir(out, { recursive: true });
  await runCommand(go, ["vet", ...programs, `${importPath}/users`], { env, cwd: sources, timeoutMs: buildMs });
  await runCommand(go, ["build", "-o", out, ...programs], { env, cwd: sources, timeoutMs: buildMs });
  return { address: join(out, "address"), resolver: join(out, "resolver"), server: join(out, "server") };
}
