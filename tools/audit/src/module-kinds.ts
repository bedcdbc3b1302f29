import type { CallGraph } from "./calls/graph.ts";
import { outside, rest } from "./project/modules.ts";
import type { Project } from "./project/open.ts";
import type { ModuleReport, TableReport } from "./report.ts";

/** Describes each module, and the files outside of them if there are any. */
export function describeModules(project: Project, graph: CallGraph, tables: readonly TableReport[]): ModuleReport[] {
  const sizes = new Map<string, { files: number; lines: number }>();
  for (const source of project.files) {
    const module = project.moduleOf(source);
    const size = sizes.get(module) ?? { files: 0, lines: 0 };
    sizes.set(module, { files: size.files + 1, lines: size.lines + source.getLineStarts().length });
  }
  return [...project.modules.folders, ...(sizes.has(rest) ? [[rest, "."] as const] : [])]
    .filter(([name]) => name !== outside)
    .map(([name, folder]) => {
      const owns = tables.filter(({ owner }) => owner === name).map((table) => table.name);
      const serves = [...graph.services].filter(([, module]) => module === name).map(([service]) => service);
      const entryPoints = [...graph.entryPoints.keys()].filter(({ module }) => module === name).length;
      const domain = owns.length + serves.length + entryPoints > 0;
      const kind = name === rest ? "rest" : domain ? "domain" : "library";
      return { name, kind, folder, ...(sizes.get(name) ?? { files: 0, lines: 0 }), owns, serves, entryPoints };
    });
}
