import { z } from "zod";
import type { Side } from "@banyan/strangler";

const identifier = z
  .string("a lower-case SQL name")
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "a lower-case SQL name of up to 63 characters");
const name = "a name of up to 40 characters of a-z, 0-9 and dash";
const statement = z.string("SQL").trim().min(1, "SQL").max(20_000, "at most 20,000 characters of SQL");

const entityOnSide = z.strictObject({
  /** The tables of which a changed row changes the entity, each with the column that holds the entity's key. */
  tables: z
    .record(identifier, identifier, "an object of tables and columns")
    .refine((tables) => Object.keys(tables).length > 0 && Object.keys(tables).length <= 20, "1 to 20 tables"),
  /**
   * A SELECT of all entities: `key`, the key, and `document`, jsonb with all that is moved, equal on both sides for equal
   * entities. Conditions on `key` are put around it, so `key` has to be what an index has; text in the collation "C".
   */
  select: statement,
  /** A statement that takes a jsonb array of documents as $1 and writes those that are newer than what is there. */
  apply: statement,
});

const entity = z.strictObject({
  name: identifier,
  /** The type of the keys. */
  key: z.enum(["uuid", "text", "bigint"], "uuid, text or bigint"),
  legacy: entityOnSide,
  candidate: entityOnSide,
});

/** How one service's data correspond in the monolith's database and in its own. Entities come after those they refer to. */
export const mappingSchema = z.strictObject({
  service: z.string(name).regex(/^[a-z][a-z0-9-]{0,39}$/, name),
  entities: z
    .array(entity, "1 to 20 entities")
    .min(1, "1 to 20 entities")
    .max(20, "1 to 20 entities")
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "names that differ"),
});

export type Mapping = z.output<typeof mappingSchema>;

/** What is moved as one: a row with all that belongs to it. */
export type Entity = Mapping["entities"][number];

/** An entity as one of the two databases has it. */
export type EntityOnSide = Entity[Side];

/** The schema, in both databases, of all that moving a service needs there. */
export function schemaOf({ service }: Mapping): string {
  return `strangling_${service.replaceAll("-", "_")}`;
}

/** Under this name the writes of the service are fenced in `write_fences`. */
export function moduleOf({ service }: Mapping): string {
  return service;
}
