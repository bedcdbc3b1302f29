import { checkDeclared } from "./declared.ts";
import { checkExits } from "./exits.ts";
import { checkTestModifiers } from "./test-modifiers.ts";
import { checkUnrunTests } from "./unrun-tests.ts";
import type { Violation } from "./violation.ts";
import type { Workspace } from "./workspace.ts";

const topFolders = ["apps", "docs", "k8s", "libs", "proto", "tools"];
const drawers = /^(utils?|common|shared|helpers?|misc|managers?)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Judges where files stand and what they are called, what they declare, and that no test is left out. */
export function checkLayout(workspace: Workspace): Violation[] {
  return [
    ...checkTopFolders(workspace),
    ...checkLibs(workspace),
    ...workspace.paths.filter((path) => !path.includes("/gen/")).flatMap(checkName),
    ...checkExits(workspace),
    ...checkTestModifiers(workspace),
    ...checkUnrunTests(workspace),
    ...checkDeclared(workspace),
  ];
}

function checkTopFolders({ paths }: Workspace): Violation[] {
  const folders = new Set(paths.flatMap((path) => /^([^./][^/]*)\//.exec(path)?.[1] ?? []));
  return [...folders]
    .filter((folder) => !topFolders.includes(folder))
    .map((folder) => {
      const message = `is no folder of the layout; what it holds goes into one of ${topFolders.join(", ")}`;
      return { path: `${folder}/`, rule: "layout/top", message };
    });
}

function checkLibs({ projects, paths }: Workspace): Violation[] {
  const libs = projects.filter(({ root }) => root.startsWith("libs/") && !root.startsWith("libs/stubs/"));
  return libs.flatMap(({ root }) =>
    [
      {
        path: `${root}/README.md`,
        message: "is missing: a lib says what it is, how to use it alone, what it promises",
      },
      { path: `${root}/src/index.ts`, message: "is missing: a lib lists what it exports, name by name" },
    ]
      .filter(({ path }) => !paths.includes(path))
      .map((missing) => ({ ...missing, rule: "layout/lib" })),
  );
}

/** Folders and TypeScript files of apps, libs and tools are kebab-case; no name anywhere stands for "whatever". */
function checkName(path: string): Violation[] {
  const segments = path.split("/");
  const stems = segments.map((segment) => segment.replace(/(?<=.)\..*$/, ""));
  const drawer = stems.find((stem) => stem.split(/[-_.]/).some((word) => drawers.test(word.toLowerCase())));
  if (drawer !== undefined) {
    const message = `"${drawer}" says nothing of what is inside: name it for the one thing that it does`;
    return [{ path, rule: "layout/drawer", message }];
  }
  if (!/^(apps|libs|tools)\/.*\.[cm]?tsx?$/.test(path)) return [];
  const wrong = stems.find((stem) => !kebab.test(stem));
  if (wrong === undefined) return [];
  return [{ path, rule: "layout/kebab", message: `"${wrong}" is not kebab-case: lower-case words joined by hyphens` }];
}
