export type { DatabaseLog } from "./connection.ts";
export { openDatabase, type Database, type DatabaseOptions, type Queryable, type Statement } from "./database.ts";
export { databaseEnvironment, type DatabaseConfig } from "./environment.ts";
export { migrateDatabase, type MigrationOptions } from "./migrations.ts";
export { openNotifications, type Notifications } from "./notifications.ts";
export type { PoolStatus } from "./pool-status.ts";
