import { join } from "node:path";
import { readCode } from "../code/code.ts";
import { parseManifests, type Rendered } from "../manifests/kinds.ts";
import { findKustomize, kustomizations, type KustomizeOptions } from "../render/kustomize.ts";
import { workspaceRoot } from "../workspace.ts";
import { checkEnvironment } from "./environment.ts";
import { checkGrace } from "./grace.ts";
import { checkImages } from "./images.ts";
import { checkNetwork } from "./network.ts";
import { checkPods } from "./pods.ts";
import { checkPorts } from "./ports.ts";
import { checkProbes } from "./probes.ts";
import { checkRegistration } from "./registration.ts";
import { checkReplicas } from "./replicas.ts";
import { checkSchema } from "./schema.ts";
import { checkSecrets } from "./secrets.ts";
import type { Rule, Violation } from "./violation.ts";

const rules: readonly Rule[] = [
  checkEnvironment,
  checkGrace,
  checkImages,
  checkNetwork,
  checkPods,
  checkPorts,
  checkProbes,
  checkReplicas,
  checkSecrets,
];

/** What every folder of k8s/ renders to. */
export async function renderAll(options: KustomizeOptions = {}): Promise<Rendered[]> {
  const kustomize = await findKustomize(options);
  const folders = await kustomizations(workspaceRoot);
  return Promise.all(
    folders.map(async (folder) => ({
      folder,
      objects: parseManifests(await kustomize.render(join(workspaceRoot, folder))),
    })),
  );
}

/** Proves the manifests: each folder renders, to objects that Kubernetes knows and that agree with the code. */
export async function prove(all: readonly Rendered[]): Promise<Violation[]> {
  const code = await readCode();
  return [
    ...checkSchema(all),
    ...all.flatMap((rendered) => rules.flatMap((rule) => rule(rendered, code))),
    ...checkRegistration(all, code),
  ];
}
