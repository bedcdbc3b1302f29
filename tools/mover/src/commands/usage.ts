export const usage = `usage: banyan-mover <command> <service> [option…]

Moves the data of a service from the monolith's database (legacy) to its own (candidate) while both are live, and the
writes after them.

  setup      makes the mover's role, the outboxes and the fences; writes stay where they are
  run        fills the candidate, then keeps the side without the writes current, until Ctrl-C; any run goes on where the
             last one has ended
  status     who has the writes, how far the backfill is, and the lag
  verify     compares both sides; exit code 1 when they differ
  flip       hands the writes over to the candidate; with --back, back to the legacy
  teardown   takes away what setup has made; the side without the writes goes on refusing them

  --mapping <file>       default apps/monolith/strangling/<service>.yaml
  --back                 of flip
  --pause-seconds <n>    of flip: for how long at most writes are held, in [3, 30], default 15
  --chunk-rows <n>       of run: entities of one transaction of the backfill, in [1, 10000], default 500
  --development          the servers of this checkout, where the environment names no others

environment: LEGACY_DATABASE_URL and CANDIDATE_DATABASE_URL, of the mover's role; of setup and teardown also
LEGACY_ADMIN_URL and CANDIDATE_ADMIN_URL, of who owns the tables; ETCD_ENDPOINTS and the others of the services

exit codes: 0, also when run was ended by Ctrl-C; 1 when it could not be done, with a line that says why; 2 when an argument is
wrong
`;
