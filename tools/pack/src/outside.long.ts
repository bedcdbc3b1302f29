import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findLibraries } from "./library.ts";
import { examplesOf, hasPrinted } from "./testing/examples.ts";
import { openOutside, openSurroundings, type Outside } from "./testing/outside.ts";
import { checkTypes, type PlainProject } from "./testing/plain-project.ts";
import { runExamples } from "./testing/run-examples.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const libraries = await findLibraries(workspace);
const contracts = libraries.filter(({ root }) => root.startsWith("libs/stubs/"));

let outside: Outside;
beforeAll(async () => {
  outside = await openOutside(workspace);
});
afterAll(() => outside?.[Symbol.asyncDispose]());

const documented = libraries.filter((library) => !contracts.includes(library));
describe.concurrent.each(documented)("$name, in a plain Connect project", (library) => {
  let readme: string;
  let project: PlainProject;
  beforeAll(async () => {
    readme = await readFile(join(workspace, library.root, "README.md"), "utf8");
    project = await outside.install([library], readme);
  });

  it("has types, as Node and as bundlers find them", () => checkTypes(workspace, project));

  it("does what its README shows, on the Node in use", () => expectWhatIsShown(process.execPath));

  it("does what its README shows, on Node 24", async (context) => {
    const { node24 } = outside;
    context.skip(node24 === undefined, "Node 24 is fetched from npm's registry, which cannot be reached here");
    if (node24 !== undefined) await expectWhatIsShown(node24);
  });

  async function expectWhatIsShown(node: string): Promise<void> {
    const examples = examplesOf(readme);
    expect(examples.flatMap(({ prints }) => prints)).not.toEqual([]);
    await using surroundings = await openSurroundings(examples);
    const programs = examples.map((example, index) => ({ ...example, program: project.programs[index] ?? "" }));
    const everything = { program: project.everything, prints: [], serves: false };
    const options = { folder: project.folder, env: surroundings.variables };
    for (const { program, prints, code, printed, complained } of await runExamples(
      node,
      [...programs, everything],
      options,
    )) {
      expect(code, `${program}: ${printed}${complained}`).toBe(0);
      expect(hasPrinted(printed, prints), `${program} printed\n${printed}and not\n${prints.join("\n")}`).toBe(true);
    }
  }
});

describe.concurrent("the contracts, in a plain Connect project", () => {
  it("can be imported, with types", async () => {
    const project = await outside.install(contracts, "");
    await checkTypes(workspace, project);
    const [run] = await runExamples(process.execPath, [{ program: project.everything, prints: [], serves: false }], {
      folder: project.folder,
      env: {},
    });
    expect(run).toMatchObject({ code: 0, complained: "" });
  });
});
