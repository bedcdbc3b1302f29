export { startEtcd, type Etcd, type EtcdOptions } from "./etcd/start.ts";
export { startPostgres, type Postgres, type PostgresOptions } from "./postgres/start.ts";
export type { Server } from "./process/server.ts";
export { SetupError } from "./setup-error.ts";
export { connectSupervisor, type Supervisor, type SupervisorClientOptions } from "./supervisor/client.ts";
export type { SupervisorPaths } from "./supervisor/paths.ts";
export type { Reached } from "./supervisor/protocol.ts";
