-- One row for every order that has asked for stock, or was released before it could; never deleted, so that an order
-- whose reservation has ended reserves nothing again.
create table reservations (
  order_id   uuid primary key,
  state      text not null check (state in ('RESERVED', 'COMMITTED', 'RELEASED', 'EXPIRED')),
  -- Null for an order that was released before it reserved anything.
  expires_at timestamptz,
  -- Grows with every change of the row.
  version    bigint not null default 1
);

create index reservations_to_expire on reservations (expires_at) where state = 'RESERVED';

create table reservation_lines (
  order_id         uuid not null references reservations,
  sku              text collate "C" not null references products,
  quantity         integer not null check (quantity > 0),
  unit_price_minor bigint not null,
  currency         text not null,
  primary key (order_id, sku)
);
