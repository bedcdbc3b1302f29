-- Tells the sku of each item that is created or changed, when the transaction commits.
create function notify_stock() returns trigger language plpgsql as $$
begin
  perform pg_notify('stock', new.sku);
  return null;
end
$$;

create trigger notify_stock after insert or update on items
  for each row execute function notify_stock();
