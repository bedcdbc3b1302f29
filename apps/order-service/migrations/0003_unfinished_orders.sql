-- Since when an order is where it is, whatever version of the service moves it; for one that is there already, since now.
alter table orders add column changed_at timestamptz not null default now();

create function stamp_order_change() returns trigger language plpgsql as $$
begin
  new.changed_at := now();
  return new;
end
$$;

create trigger stamp_order_change before update on orders
  for each row execute function stamp_order_change();

-- Few at any time: those that wait for their next step.
create index unfinished_orders on orders (changed_at) include (state) where state in ('PENDING', 'CANCELLING');
