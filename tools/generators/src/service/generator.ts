import { formatFiles, logger, type Tree } from "@nx/devkit";
import { nameRefusal } from "./name-refusal.ts";
import { namesOf, type ServiceNames } from "./names.ts";
import { nextPort } from "./port.ts";
import { register } from "./registers.ts";
import { settle } from "./settle.ts";
import { renderTemplate } from "./template.ts";

/** What `schema.json` lets through. */
export interface ServiceOptions {
  readonly name: string;
}

/**
 * `npx nx g service payment` writes a service that passes every check and serves: its contract, the project of its stubs, the
 * app with its rooms and tests, its first migration and its manifests.
 *
 * @returns what is left to do once the files are written
 * @throws with a sentence when the name cannot be had; nothing is written then
 */
export default async function generateService(tree: Tree, { name }: ServiceOptions): Promise<() => Promise<void>> {
  const refusal = nameRefusal(name, (path) => tree.exists(path));
  if (refusal !== undefined) throw new Error(refusal);
  const names = namesOf(name);
  const port = nextPort(tree);
  for (const [path, text] of renderTemplate({ names, port })) tree.write(path, text);
  register(tree, names);
  await formatFiles(tree);
  return async () => {
    await settle(tree.root, names);
    logger.info(nextSteps(names, port));
  };
}

/** Commands that work when pasted: the service is whole. */
function nextSteps({ one: { kebab, snake, pascal } }: ServiceNames, port: number): string {
  const request = JSON.stringify({ request_id: "1", description: "The first" });
  return `
To try next, each in a terminal of its own:
  npx nx serve ${kebab}-service
  npx buf curl --http2-prior-knowledge -d '${request}' http://localhost:${port}/${snake}.v1.${pascal}Service/Create${pascal}

To make it yours, begin with proto/${snake}/v1/${snake}.proto, then npm run generate; the compiler leads to the rest.`;
}
