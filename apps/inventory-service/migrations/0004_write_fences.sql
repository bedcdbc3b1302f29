-- Whether this database takes the writes of a module, while that moves between two databases; one not listed is written here.
create table write_fences (
  module       text primary key,
  written_here boolean not null,
  -- Grows whenever the writes change hands.
  epoch        bigint not null,
  -- When writes are taken here again without anybody's doing; null for never.
  reopens_at   timestamptz
);

create function is_written_here(module_name text) returns boolean language sql stable as $$
  select coalesce(
    (select written_here or coalesce(reopens_at <= clock_timestamp(), false)
     from public.write_fences
     where module = module_name),
    true
  )
$$;


-- Additions are compared with those of another database in the order of their bytes, whatever the two collations.
create index stock_additions_by_bytes on stock_additions (request_id collate "C");
