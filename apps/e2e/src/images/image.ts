import { z } from "zod";
import { workspaceFolder } from "../platform/paths.ts";
import { runNode } from "../platform/bundles.ts";
import type { ServiceName } from "../platform/service-process.ts";
import type { Buildah } from "./buildah.ts";

const inspectionSchema = z.object({
  FromImageID: z.string(),
  OCIv1: z.object({
    created: z.string(),
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
      Labels: z.record(z.string(), z.string()),
    }),
    rootfs: z.object({ diff_ids: z.array(z.string()) }),
  }),
});

/** What an image says of itself. */
export interface Image {
  /** Of its configuration, which has the digest of every layer. */
  readonly id: string;
  readonly created: string;
  readonly config: z.output<typeof inspectionSchema>["OCIv1"]["config"];
  readonly layers: readonly string[];
}

const buildMs = 120_000;

/** Builds the bundles of a service where its image takes them from, by the command of its target `build`. */
export async function buildBundles(service: ServiceName): Promise<void> {
  const args = ["tools/build/src/bundle.ts", `apps/${service}-service`];
  await runNode(args, { folder: workspaceFolder, timeoutMs: buildMs });
}

/** Makes the image of the bundles, by the command of the target `container`. @returns its name */
export async function buildImage(buildah: Buildah, service: ServiceName): Promise<string> {
  const args = ["tools/build/src/container.ts", `apps/${service}-service`];
  const stdout = await runNode(args, { folder: workspaceFolder, timeoutMs: buildMs, env: buildah.env });
  return stdout.split(" ")[0] ?? "";
}

export async function inspectImage(buildah: Buildah, name: string): Promise<Image> {
  const inspected: unknown = JSON.parse(await buildah.run("inspect", "--type", "image", name));
  const { OCIv1, FromImageID } = inspectionSchema.parse(inspected);
  return { id: FromImageID, created: OCIv1.created, config: OCIv1.config, layers: OCIv1.rootfs.diff_ids };
}
