import { databaseEnvironment, migrateDatabase } from "@banyan/postgres";
import { readEnvironment, run } from "@banyan/service";
import { createLogger } from "@banyan/telemetry";

/** Brings the database up to date and ends: the step before a new version starts beside the one that serves. */
await run(async () => {
  const { DATABASE_URL, BANYAN_ENV } = databaseEnvironment;
  const config = readEnvironment({ DATABASE_URL, BANYAN_ENV }, process.env);
  const log = createLogger("monolith", { LOG_LEVEL: "info", LOG_FORMAT: "auto" });
  const migrations = await migrateDatabase(config, { log, migrations: new URL("../migrations/", import.meta.url) });
  log.info({ run: migrations.length }, "the database is up to date");
});
