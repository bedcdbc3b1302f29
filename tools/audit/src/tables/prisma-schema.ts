import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Model } from "@mrleebo/prisma-ast";
import { isRecord, readJson, repositoryRoot } from "../project/packages.ts";
import type { Project } from "../project/open.ts";
import type { TableFacts } from "./facts.ts";
import { loadPrismaParser } from "./prisma-parser.ts";

export interface PrismaModel {
  /** In the database. */
  readonly table: string;
  /** The models that its fields relate to, by the name of the field. */
  readonly relations: ReadonlyMap<string, string>;
}

/** The models of a project by how the client names them, `orderLine`; empty without a schema. */
export type PrismaModels = ReadonlyMap<string, PrismaModel>;

/** Reads the Prisma schemas of a project; where its folder has none, the one of a folder above it in the repository. */
export async function readPrismaSchemas(project: Project, facts: TableFacts): Promise<PrismaModels> {
  const own = project.found.prisma.map((path) => join(project.root, path));
  const paths = own.length > 0 ? own : schemaAbove(project.root);
  if (paths.length === 0) return new Map();
  const { getSchema } = await loadPrismaParser();
  const parsed = paths.flatMap((path) => {
    const file = relative(project.root, path);
    const text = readFileSync(path, "utf8");
    try {
      const models = getSchema(text).list.filter((block) => block.type === "model");
      return models.map((model) => ({ model, file, line: lineOf(text, model.name) }));
    } catch (error) {
      const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      facts.notUnderstood.push({ file, line: 1, what: "Prisma schema", why, text: "" });
      return [];
    }
  });
  const names = new Set(parsed.map(({ model }) => model.name));
  const models = new Map(parsed.map(({ model }) => [clientName(model.name), readModel(model, names)]));
  for (const { model, file, line } of parsed) {
    const references = foreignKeys(model).flatMap((name) => models.get(clientName(name))?.table ?? []);
    const table = models.get(clientName(model.name))?.table ?? model.name;
    facts.declared.push({ file, line, table, by: "prisma", references });
  }
  return models;
}

function schemaAbove(root: string): string[] {
  const top = repositoryRoot(root);
  for (let at = root; ; at = dirname(at)) {
    const prisma = readJson(join(at, "package.json"))["prisma"];
    const named = isRecord(prisma) && typeof prisma["schema"] === "string" ? [prisma["schema"]] : [];
    const path = [...named, "prisma/schema.prisma", "schema.prisma"].map((name) => join(at, name)).find(existsSync);
    if (path !== undefined) return [path];
    if (at === top || at === dirname(at)) return [];
  }
}

/** `OrderLine` -> `orderLine`. */
export function clientName(model: string): string {
  return model.slice(0, 1).toLowerCase() + model.slice(1);
}

function readModel(model: Model, names: ReadonlySet<string>): PrismaModel {
  const relations = new Map<string, string>();
  let table = model.name;
  for (const property of model.properties) {
    if (property.type === "field" && typeof property.fieldType === "string" && names.has(property.fieldType))
      relations.set(property.name, clientName(property.fieldType));
    if (property.type === "attribute" && property.name === "map") {
      const value: unknown = property.args?.[0]?.value;
      const name = isRecord(value) && "value" in value ? value["value"] : value;
      if (typeof name === "string") table = name.replaceAll('"', "");
    }
  }
  return { table, relations };
}

/** The models that its columns point to: those of fields whose `@relation` names the columns. */
function foreignKeys(model: Model): string[] {
  return model.properties.flatMap((property) => {
    if (property.type !== "field" || typeof property.fieldType !== "string") return [];
    const relation = property.attributes?.find(({ name }) => name === "relation");
    const owning = relation?.args?.some(({ value }) => isRecord(value) && value["key"] === "fields") ?? false;
    return owning ? [property.fieldType] : [];
  });
}

function lineOf(text: string, model: string): number {
  return text.split("\n").findIndex((line) => line.startsWith(`model ${model} `)) + 1;
}
