import { parseArgs } from "node:util";
import { ExpectedError } from "@banyan/service";

export const usage = "usage: node tools/deploy/src/main.ts <project> [--overlay <dev|prod|…>] [--image <name:tag>]";

export interface Arguments {
  /** As in `user-service`. */
  readonly project: string;
  /** The folder that is rendered: that of the service, or of an overlay. */
  readonly folder: string;
  readonly image: string | undefined;
}

/** @throws {ExpectedError} with the usage */
export function readArguments(args: readonly string[]): Arguments {
  try {
    const options = { overlay: { type: "string" }, image: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [project, ...rest] = positionals;
    const { overlay, image } = values;
    const names = [project, overlay ?? "none"];
    if (project === undefined || rest.length > 0 || !names.every((name) => /^[a-z][a-z0-9-]*$/.test(name ?? ""))) {
      throw new TypeError("expected the name of one project");
    }
    return { project, folder: overlay === undefined ? `k8s/${project}` : `k8s/overlays/${overlay}`, image };
  } catch (error) {
    throw new ExpectedError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
