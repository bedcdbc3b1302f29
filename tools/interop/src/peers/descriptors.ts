import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { workspaceFolder } from "../places.ts";
import { runCommand } from "../run-command.ts";
import type { Files } from "./files.ts";

const buf = join(workspaceFolder, "node_modules/@bufbuild/buf/bin/buf");
const buildMs = 60_000;

/** The contracts, those that are gRPC's (health, and the details of errors), and that of the servers that are not ours. */
export const protoFolders = [
  join(workspaceFolder, "proto"),
  join(workspaceFolder, "libs/stubs/standard/proto"),
  join(workspaceFolder, "tools/interop/proto"),
] as const;

/** Writes all contracts as one serialised FileDescriptorSet. @returns the path */
export async function writeDescriptors(files: Files): Promise<string> {
  const sets = [];
  for (const [index, folder] of protoFolders.entries()) {
    const path = join(files.folder, `${index}.binpb`);
    const options = { cwd: workspaceFolder, timeoutMs: buildMs };
    await runCommand(process.execPath, [buf, "build", folder, "-o", path], options);
    sets.push(await readFile(path));
  }
  return files.write("contracts.binpb", Buffer.concat(sets)); // serialised messages in a row are their merger
}
