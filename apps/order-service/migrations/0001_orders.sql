create table orders (
  id              uuid primary key,
  user_id         uuid not null,
  idempotency_key text not null,
  state           text not null check (state in ('PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLING', 'CANCELLED')),
  -- The first unfinished step of a PENDING order.
  step            text check (step in ('CHECK_USER', 'RESERVE', 'COMMIT')),
  -- Why a REJECTED order is.
  rejection       text,
  placed_at       timestamptz not null default now(),
  -- Grows with every change of the row.
  version         bigint not null default 1,
  unique (user_id, idempotency_key),
  check ((state = 'PENDING') = (step is not null)),
  check ((state = 'REJECTED') = (rejection is not null))
);

create index orders_by_user on orders (user_id, id desc);

create table order_lines (
  order_id         uuid not null references orders,
  sku              text collate "C" not null,
  quantity         integer not null check (quantity > 0),
  -- Copied from the reservation.
  unit_price_minor bigint,
  currency         text,
  primary key (order_id, sku),
  check ((unit_price_minor is null) = (currency is null))
);
