import { loadModule } from "libpg-query";
import { beforeAll, describe, expect, it } from "vitest";
import { computedName, parseWithHoles } from "./sql-attempts.ts";
import { sqlTables } from "./sql-tables.ts";
import { hole } from "./sql-text.ts";

beforeAll(loadModule);

describe("sqlTables", () => {
  it.each<[string, string[], string[]]>([
    ["select * from a join b on a.id = b.id where exists (select 1 from c)", ["a", "b", "c"], []],
    ["insert into a select * from b on conflict do nothing", ["b"], ["a"]],
    ["update a set x = b.x from b where a.id = b.id", ["b"], ["a"]],
    ["delete from a using b where a.id = b.id", ["b"], ["a"]],
    ["with a as (select * from b), d as (delete from c returning *) select * from a, d", ["b"], ["c"]],
    ["with recursive t as (select 1 from a union select 1 from t) select * from t", ["a"], []],
    ["truncate a, b", [], ["a", "b"]],
    ["merge into a using b on a.id = b.id when matched then delete", ["b"], ["a"]],
    ["select * from public.a, s.b, information_schema.tables, pg_class, unnest($1::text[])", ["a", "s.b"], []],
    ['select "A"."x" from "A" for update skip locked', ["A"], []],
    ["create index i on a (x); create trigger t after insert on b for each row execute function f()", [], []],
  ])("reads %s", (text, reads, writes) => {
    const found = sqlTables(text);
    expect([found.reads.toSorted(), found.writes.toSorted()]).toEqual([reads, writes]);
  });

  it("reads foreign keys of columns, of tables and of those that are added", () => {
    const found = sqlTables(
      `create table a (b_id int references b, c_id int, foreign key (c_id) references s.c (id));
       alter table a add constraint k foreign key (d_id) references d;`,
    );
    expect([...found.creates]).toEqual([["a", ["b", "s.c"]]]);
    expect([...found.alters]).toEqual([["a", ["d"]]]);
  });

  it("reads the bodies of functions in SQL and PL/pgSQL, and counts those in other languages", () => {
    const found = sqlTables(`
      create function f() returns trigger language plpgsql as $$ begin
        if exists (select 1 from a) then insert into b values (1); end if; return null; end $$;
      create function g() returns int language sql as 'select x from c';
      create function h() returns int language plv8 as 'return 1';`);
    expect([found.reads.toSorted(), found.writes, found.foreignBodies]).toEqual([["a", "c"], ["b"], 1]);
  });

  it("throws for what is not SQL", () => {
    expect(() => sqlTables("select from where")).toThrow("syntax error");
  });
});

describe("parseWithHoles", () => {
  it.each<[string, string[]]>([
    [`select ${hole} from a where id = ${hole}`, ["a"]],
    [`select * from a where id in (${hole}) ${hole} order by x`, ["a"]],
    [`select ${hole} from ${hole}`, [computedName]],
    ["select * from a where id = ? and x::text = '?' limit :limit", ["a"]],
    ["select * from `a` where `a`.`id` = ?", ["a"]],
  ])("reads %j", (text, reads) => {
    expect(parseWithHoles(text).reads).toEqual(reads);
  });

  it("tells of the text as it was written when nothing helps", () => {
    expect(() => parseWithHoles("select * form a")).toThrow(/at or near "form"|at or near "a"/);
  });
});
