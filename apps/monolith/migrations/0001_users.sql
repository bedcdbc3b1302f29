create table users (
  id            uuid primary key,
  email         text not null,
  -- The email in lower case and normal form: what makes two emails the same.
  email_key     text not null unique,
  name          text not null,
  -- argon2id in PHC string format.
  password_hash text not null,
  created_at    timestamptz not null default now(),
  -- Grows with every change of the row.
  version       bigint not null default 1
);
