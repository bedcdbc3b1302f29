import type { Report } from "../report.ts";
import { at, places, type Section } from "./section.ts";

export function modules({ modules, modulesBy }: Report): Section {
  return {
    title: "Modules",
    about: `Found as ${modulesBy}. A domain module owns tables or takes requests; a library goes along with whoever imports it.`,
    none: "No modules were found; name their folders with --modules.",
    columns: ["module", "kind", "folder", "files", "lines", "owns", "serves", "entry points"],
    rows: modules.map((module) => [
      module.name,
      module.kind,
      module.folder,
      String(module.files),
      String(module.lines),
      module.owns.join(", "),
      module.serves.join(", "),
      String(module.entryPoints),
    ]),
  };
}

export function calls({ calls }: Report): Section {
  return {
    title: "Who calls whom",
    about:
      "Synchronous calls between modules by call site, through Connect clients too, and the names that are imported.",
    none: "No module calls another.",
    columns: ["from", "to", "calls", "RPCs", "imports", "types", "where"],
    rows: calls.map((edge) => [
      edge.from,
      edge.to,
      String(edge.calls),
      String(edge.rpcs),
      String(edge.imports),
      String(edge.typeImports),
      places(
        edge.sites,
        (index) => `${edge.sites[index]?.target ?? ""}${edge.sites[index]?.inLoop === true ? " (in a loop)" : ""} `,
      ),
    ]),
  };
}

export function cycles({ cycles }: Report): Section {
  return {
    title: "Cycles",
    about: "Modules that need each other, by calls or imports of values. The steps are a shortest circle in each.",
    none: "No modules need each other in a circle.",
    columns: ["modules", "a shortest circle"],
    rows: cycles.map(({ modules, steps }) => [
      modules.join(", "),
      steps.map((step) => `${step.from} → ${step.to}: ${step.kind} ${step.target} ${at(step)}`).join("\n"),
    ]),
  };
}
