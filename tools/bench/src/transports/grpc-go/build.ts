import { access, cp, mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { GoToolchain } from "@banyan/dev";
import { runCommand } from "../measure/run-command.ts";
import { cacheFolder, goSources, workspaceFolder } from "../places.ts";

/** The import path that the sources give themselves; the stubs come below it, in `gen`. */
const importPath = "banyan.example";

const generateMs = 60_000;
const buildMs = 600_000;

/** Paths of the programs. */
export interface GoPrograms {
  readonly server: string;
  readonly client: string;
}

/**
 * Generates stubs and builds the programs, in Go's GOPATH mode: Debian's packages are no modules.
 *
 * @throws when the contracts or the sources do not compile
 */
export async function buildGoPrograms(
  { go, plugins, environment }: GoToolchain,
  signal?: AbortSignal,
): Promise<GoPrograms> {
  const work = join(cacheFolder, "go");
  const sources = join(work, "src", importPath);
  await rm(join(work, "src"), { recursive: true, force: true });
  await mkdir(sources, { recursive: true });
  await cp(goSources, sources, { recursive: true });

  const buf = join(workspaceFolder, "node_modules/@bufbuild/buf/bin/buf");
  const PATH = [plugins, process.env["PATH"]].join(delimiter);
  const generate = ["generate", "--template", join(goSources, "buf.gen.yaml"), "-o", join(work, "src")];
  for (const input of [["proto", "--path", "proto/user"], ["tools/bench/proto"]]) {
    const limits = { env: { ...process.env, PATH }, cwd: workspaceFolder, timeoutMs: generateMs, signal };
    await runCommand(process.execPath, [buf, ...generate, ...input], limits);
  }

  const env = environment(work, join(cacheFolder, "go-build"));
  const out = join(work, "bin");
  await mkdir(out, { recursive: true });
  const programs = ["server", "client"].map((name) => `${importPath}/${name}`);
  const limits = { env, cwd: sources, timeoutMs: buildMs, signal };
  await runCommand(go, ["vet", ...programs], limits);
  await runCommand(go, ["build", "-o", out, ...programs], limits);
  return programsIn(out);
}

/** What an earlier run has built. */
export async function builtGoPrograms(): Promise<GoPrograms | undefined> {
  const programs = programsIn(join(cacheFolder, "go/bin"));
  return Promise.all(Object.values(programs).map((file) => access(file))).then(
    () => programs,
    () => undefined,
  );
}

function programsIn(folder: string): GoPrograms & Record<string, string> {
  return { server: join(folder, "server"), client: join(folder, "client") };
}
