import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadMapping, parseMapping } from "./load-mapping.ts";

const side = { tables: { users: "id" }, select: "select 1", apply: "select $1" };
const entity = { name: "user", key: "uuid", legacy: side, candidate: side };

function parse(mapping: object) {
  return parseMapping(JSON.stringify(mapping), "user.yaml");
}

describe("a mapping", () => {
  it.each(["user", "inventory", "order"])("is there for %s", async (service) => {
    const path = join(import.meta.dirname, `../../../../apps/monolith/strangling/${service}.yaml`);
    expect((await loadMapping(path)).service).toBe(service);
  });

  it.each([
    ["nothing", {}, "service: expected a name"],
    ["without entities", { service: "user", entities: [] }, "entities: expected 1 to 20 entities"],
    [
      "two entities of one name",
      { service: "user", entities: [entity, entity] },
      "entities: expected names that differ",
    ],
    [
      "a key of another type",
      { service: "user", entities: [{ ...entity, key: "int" }] },
      "entities.0.key: expected uuid, text or bigint",
    ],
    [
      "a table with a quote in it",
      { service: "user", entities: [{ ...entity, legacy: { ...side, tables: { 'u"; drop': "id" } } }] },
      'entities.0.legacy.tables.u"; drop: expected',
    ],
    [
      "a side without SQL",
      { service: "user", entities: [{ ...entity, legacy: { ...side, select: " " } }] },
      "entities.0.legacy.select: expected SQL",
    ],
    ["a field too many", { service: "user", entities: [entity], tables: 1 }, "mapping: no field of that name: tables"],
  ])("with %s is refused by field", (_what, mapping, line) => {
    expect(() => parse(mapping)).toThrow(line);
  });

  it("that is no YAML, or no file, is refused by its path", async () => {
    expect(() => parseMapping("a: [", "user.yaml")).toThrow(/^user\.yaml is no mapping: /);
    await expect(loadMapping("/nowhere.yaml")).rejects.toThrow(
      "the mapping /nowhere.yaml cannot be read (ENOENT): correct --mapping",
    );
  });
});
