-- Tells the id of each order that is placed or changed, when the transaction commits.
create function notify_orders() returns trigger language plpgsql as $$
begin
  perform pg_notify('orders', new.id::text);
  return null;
end
$$;

create trigger notify_orders after insert or update on orders
  for each row execute function notify_orders();
