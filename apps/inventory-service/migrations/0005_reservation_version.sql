-- Grows with every change of the row, whichever version of the service makes it; who brings a version along keeps it.
alter table reservations add column version bigint not null default 1;

create function count_reservation_version() returns trigger language plpgsql as $$
begin
  if new.version = old.version then
    new.version := old.version + 1;
  end if;
  return new;
end
$$;

create trigger count_reservation_version before update on reservations
  for each row execute function count_reservation_version();
