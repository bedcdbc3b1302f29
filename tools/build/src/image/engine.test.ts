import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExpectedError } from "@banyan/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildah, docker, findEngine } from "./engine.ts";

describe("findEngine", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "banyan-engine-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** A program that is all there is on the PATH, but for those put beside it. */
  async function stand(name: string, script: string): Promise<void> {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }

  it("takes docker where buildx is there and the daemon answers", async () => {
    await stand("docker", "exit 0");
    await stand("buildah", "exit 0");
    expect(await findEngine({ PATH: folder })).toBe(docker);
  });

  it.each([
    ["has no buildx", `[ "$1" != buildx ]`],
    ["has no daemon", `[ "$1" != version ]`],
  ])("takes buildah where docker %s", async (_, script) => {
    await stand("docker", script);
    await stand("buildah", "exit 0");
    expect(await findEngine({ PATH: folder })).toBe(buildah);
  });

  it("refuses in one line where there is neither", async () => {
    const refusal = findEngine({ PATH: folder });
    await expect(refusal).rejects.toThrow(ExpectedError);
    await expect(refusal).rejects.toThrow(/^no docker with buildx .* and no buildah: [^\n]*$/);
  });
});

describe.each([docker, buildah])("the command of $name", (engine) => {
  const options = {
    name: "banyan/user-service:0.1.0",
    context: "/tmp/stage",
    containerfile: "/work/Containerfile",
    base: "example.com/node:26",
    version: "0.1.0",
    labels: { "org.opencontainers.image.title": "user-service" },
  };

  it("names the file, the tag, the base and the labels, and the context last", () => {
    const command = engine.command(options);
    expect(command).toEqual(
      expect.arrayContaining([
        "--file=/work/Containerfile",
        "--tag=banyan/user-service:0.1.0",
        "--build-arg=BASE_IMAGE=example.com/node:26",
        "--build-arg=VERSION=0.1.0",
        "--label=org.opencontainers.image.title=user-service",
      ]),
    );
    expect([command[0], command.at(-1)]).toEqual([engine.name, "/tmp/stage"]);
  });

  it("fixes the time of the files and of the image", () => {
    expect(engine.command(options).join(" ")).toMatch(
      engine === docker ? /rewrite-timestamp=true .*SOURCE_DATE_EPOCH=0/ : /--timestamp=0/,
    );
  });
});
