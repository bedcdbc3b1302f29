-- Tells what has changed, when the transaction commits: `stock/<sku>` or `order/<id>`.
create function notify_stock() returns trigger language plpgsql as $$
begin
  perform pg_notify('changes', 'stock/' || new.sku);
  return null;
end
$$;

create trigger notify_stock after insert or update on stock
  for each row execute function notify_stock();

create function notify_order() returns trigger language plpgsql as $$
begin
  perform pg_notify('changes', 'order/' || new.id);
  return null;
end
$$;

create trigger notify_order after insert or update on orders
  for each row execute function notify_order();
