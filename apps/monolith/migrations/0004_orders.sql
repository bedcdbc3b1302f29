create table orders (
  id              uuid primary key,
  user_id         uuid not null,
  idempotency_key text not null,
  state           text not null check (state in ('PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLING', 'CANCELLED')),
  -- Why a REJECTED order is.
  rejection       text,
  -- For the packing slip: the user's name when the order was confirmed.
  recipient       text,
  placed_at       timestamptz not null default now(),
  -- Grows with every change of the row.
  version         bigint not null default 1,
  unique (user_id, idempotency_key),
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
  -- For the packing slip: the product's name when the order was confirmed.
  product_name     text,
  primary key (order_id, sku),
  check ((unit_price_minor is null) = (currency is null))
);
