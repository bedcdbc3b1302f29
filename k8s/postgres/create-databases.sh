# Makes a role and a database of the same name for each line of `databases`, again and again if you like, and lets nobody
# but the role into it. All of them have the password POSTGRES_TRIAL_PASSWORD.
set -eu

# By TCP: while the image sets up its data, a server that is about to stop answers on the socket.
tries=0
until pg_isready --quiet --host 127.0.0.1; do
  tries=$((tries + 1))
  [ "$tries" -lt 120 ] || exit 1
  sleep 1
done

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --set names="$(cat "$(dirname "$0")/databases")" postgres postgres <<'SQL'
\getenv password POSTGRES_TRIAL_PASSWORD
create temporary table wanted as
  select name from string_to_table(:'names', E'\n') name where name <> '';
select format('create role %I login', name) from wanted
  where name not in (select rolname from pg_roles) \gexec
select format('alter role %I password %L', name, :'password') from wanted \gexec
select format('create database %I owner %I', name, name) from wanted
  where name not in (select datname from pg_database) \gexec
select format('revoke all on database %I from public', name) from wanted \gexec
SQL
