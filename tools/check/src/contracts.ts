import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execute, type Outcome } from "./command.ts";
import { checkDescriptors, type Image } from "./descriptors.ts";
import type { Violation } from "./violation.ts";
import { readWorkspace, type Project } from "./workspace.ts";

/** Judges proto/ and the committed stubs of the workspace at `root`; needs no network. */
export async function checkContracts(root: string): Promise<Violation[]> {
  return [
    ...(await checkLint(root)),
    ...(await checkFormat(root)),
    ...(await readImage(root).then(checkDescriptors)),
    ...(await checkStubs(root)),
  ];
}

/** `buf` found something to say: its exit code where lint, format or breaking have findings. */
const findings = 100;

async function checkLint(root: string): Promise<Violation[]> {
  return bufViolations("contracts/lint", await execute("buf", ["lint", "--error-format=json"], { cwd: root }));
}

/** What `buf … --error-format=json` found, a line each. */
export function bufViolations(rule: string, outcome: Outcome): Violation[] {
  if (outcome.code !== 0 && outcome.code !== findings) throw new Error(`buf failed: ${outcome.stderr.trim()}`);
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const found: { path?: string; start_line?: number; type: string; message: string } = JSON.parse(line);
    const place = found.start_line === undefined ? {} : { line: found.start_line };
    return { path: found.path ?? "proto/", ...place, rule, message: `${found.message} (${found.type})` };
  });
}

async function checkFormat(root: string): Promise<Violation[]> {
  const { code, stdout, stderr } = await execute("buf", ["format", "--diff", "--exit-code"], { cwd: root });
  if (code !== 0 && code !== findings) throw new Error(`buf format failed: ${stderr.trim()}`);
  return [...stdout.matchAll(/^--- (.*)\.orig\t/gm)].map(([, path = "proto/"]) => {
    return { path, rule: "contracts/format", message: "is not formatted: run npx buf format --write" };
  });
}

/** The contracts of proto/, described. @throws with buf's words when they do not compile */
export async function readImage(root: string): Promise<Image> {
  const { code, stdout, stderr } = await execute("buf", ["build", "-o", "-#format=json"], { cwd: root });
  if (code !== 0) throw new Error(`buf build failed: ${stderr.trim()}`);
  const image: Image = JSON.parse(stdout);
  return image;
}

/** Runs each `generate` target of nx into a folder of its own, and compares with what is committed. */
async function checkStubs(root: string): Promise<Violation[]> {
  const { projects } = readWorkspace(root);
  const violations: Violation[] = [];
  for (const project of projects) {
    const command = project.manifest.nx?.targets?.["generate"]?.command;
    if (command !== undefined) violations.push(...(await checkGenerated(root, project, command)));
  }
  return violations;
}

async function checkGenerated(root: string, project: Project, command: string): Promise<Violation[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "banyan-stubs-"));
  const [buf = "", ...args] = command.split(" ");
  const out = args.indexOf(project.root);
  if (out === -1)
    throw new Error(`${project.root}/package.json: its generate target writes elsewhere than -o ${project.root}`);
  const { code, stderr } = await execute(buf, args.with(out, folder.path), { cwd: root });
  if (code !== 0) throw new Error(`${command} failed: ${stderr.trim()}`);
  const [fresh, committed] = [readTree(join(folder.path, "src/gen")), readTree(join(root, project.root, "src/gen"))];
  return [...new Set([...fresh.keys(), ...committed.keys()])]
    .filter((path) => fresh.get(path) !== committed.get(path))
    .map((path) => {
      const message = "is not what its contract generates: run npm run generate, and commit what it writes";
      return { path: `${project.root}/src/gen/${path}`, rule: "contracts/stubs", message };
    });
}

/** The files below a folder, by their path in it. */
function readTree(folder: string): Map<string, string> {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).replaceAll("\\", "/"), readFileSync(path, "utf8")]),
  );
}
