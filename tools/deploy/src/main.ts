import { existsSync } from "node:fs";
import { join } from "node:path";
import { ExpectedError, run } from "@banyan/service";
import { parseManifests } from "./manifests/kinds.ts";
import { findKustomize } from "./render/kustomize.ts";
import { readArguments } from "./rollout/arguments.ts";
import { deploy } from "./rollout/deploy.ts";
import { openKubectl } from "./rollout/kubectl.ts";
import { selectService } from "./rollout/selection.ts";
import { workspaceRoot } from "./workspace.ts";

await run(async () => {
  const { project, folder, image } = readArguments(process.argv.slice(2));
  if (!existsSync(join(workspaceRoot, folder))) throw new ExpectedError(`there is no folder ${folder}`);
  const onProgress = (line: string): void => void process.stdout.write(`${line}\n`);
  const kustomize = await findKustomize({ onProgress });
  const objects = parseManifests(await kustomize.render(join(workspaceRoot, folder)));
  await deploy(project, selectService({ folder, objects }, project, image), { kubectl: openKubectl(), onProgress });
});
