import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExpectedError, readEnvironment, run } from "@banyan/service";
import { z } from "zod";
import { runCommand } from "./image/command.ts";
import { findEngine } from "./image/engine.ts";
import { imageEnvironment, imageName } from "./image/environment.ts";
import { labelsOf, readGitFacts } from "./image/labels.ts";
import { stageImage } from "./image/stage.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const containerfile = fileURLToPath(new URL("../Containerfile", import.meta.url));
const buildMs = 900_000;
const manifestSchema = z.object({ version: z.string(), description: z.string(), license: z.string() });

/** `node tools/build/src/container.ts apps/<name>`: makes the image of an app that is built, and prints its name. */
await run(async () => {
  const [app, ...rest] = process.argv.slice(2);
  if (app === undefined || rest.length > 0) {
    throw new ExpectedError("usage: node tools/build/src/container.ts apps/<name>");
  }
  const config = readEnvironment(imageEnvironment, process.env);
  const folder = join(root, app);
  const title = basename(folder);
  const manifest = await readFile(join(folder, "package.json"), "utf8").catch(() => {
    throw new ExpectedError(`${app} is no app: there is no ${join(folder, "package.json")}`);
  });
  const { description, license, version: ownVersion } = manifestSchema.parse(JSON.parse(manifest));
  const version = config.IMAGE_VERSION ?? ownVersion;
  const name = imageName(title, version, config);

  const engine = await findEngine(process.env);
  await using stage = await stageImage(folder);
  const labels = labelsOf({ title, description, version, licenses: license, git: await readGitFacts(root) });
  const command = engine.command({
    name,
    context: stage.folder,
    containerfile,
    base: config.BASE_IMAGE,
    version,
    labels,
  });
  const { code } = await runCommand(command, { output: "show", timeoutMs: buildMs });
  if (code !== 0) {
    throw new ExpectedError(
      `${engine.name} made no image of ${app}: see above; where no registry can be reached, name a base by BASE_IMAGE`,
    );
  }
  process.stdout.write(`${name} made by ${engine.name}, ${(stage.bytes / 1e6).toFixed(1)} MB above its base\n`);
});
