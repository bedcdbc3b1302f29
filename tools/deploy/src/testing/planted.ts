import { join } from "node:path";
import { parseManifests, type Rendered } from "../manifests/kinds.ts";
import { findKustomize } from "../render/kustomize.ts";
import { workspaceRoot } from "../workspace.ts";

const rendered = new Map<string, Promise<string>>();

/** What a folder of k8s/ renders to, as YAML; rendered once. */
export function renderedText(folder: string): Promise<string> {
  const known = rendered.get(folder);
  if (known !== undefined) return known;
  const text = findKustomize().then((kustomize) => kustomize.render(join(workspaceRoot, folder)));
  rendered.set(folder, text);
  return text;
}

/**
 * What a folder of k8s/ renders to, with a fault: `sound` is in its text, and `fault` takes the place of its first
 * occurrence. Without them it is as it stands.
 */
export async function planted(folder: string, sound = "", fault = ""): Promise<Rendered> {
  const text = await renderedText(folder);
  if (!text.includes(sound)) throw new Error(`${folder} does not render to anything with ${JSON.stringify(sound)}`);
  return { folder, objects: parseManifests(text.replace(sound, () => fault)) };
}
