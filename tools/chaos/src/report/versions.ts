import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** What the figures were measured on, as a sentence. @param etcd as it reports itself */
export function describeVersions(etcd: string): string {
  const processors = cpus();
  const machine = `${process.platform} ${process.arch}, ${processors.length} × ${processors[0]?.model.trim() ?? "CPU"}`;
  return `etcd ${etcd}, Node ${process.versions.node}, etcd3 ${etcd3Version()}; ${machine}.`;
}

/** Of the package that the registry uses. */
function etcd3Version(): string {
  const registry = createRequire(import.meta.url).resolve("@banyan/registry");
  const main = createRequire(registry).resolve("etcd3");
  const manifest: unknown = JSON.parse(readFileSync(join(main, "..", "..", "package.json"), "utf8"));
  return z.object({ name: z.literal("etcd3"), version: z.string() }).parse(manifest).version;
}
