-- Skus are in the order of their bytes everywhere, whatever the database's collation.
create table products (
  sku              text collate "C" primary key,
  name             text not null,
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  currency         text not null
);

-- One row a product.
create table stock (
  sku       text collate "C" primary key references products,
  -- How many can be reserved now.
  available bigint not null default 0 check (available >= 0),
  -- Grows with every change of this row or of the product.
  version   bigint not null default 1
);

-- Additions of stock by the name the caller gave them; kept for ever, so that none is made twice.
create table stock_additions (
  request_id text primary key,
  sku        text collate "C" not null references products,
  quantity   integer not null check (quantity > 0),
  added_at   timestamptz not null default now()
);
