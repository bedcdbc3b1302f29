import { databaseEnvironment } from "@banyan/postgres";
import { announceEnvironment, etcdEnvironment } from "@banyan/registry";
import { clientEnvironment, serverEnvironment } from "@banyan/rpc";
import { integer, readEnvironment } from "@banyan/service";
import { telemetryEnvironment } from "@banyan/telemetry";

/** Every variable that the monolith reads. DATABASE_POOL_SIZE counts twice: transactions that lock orders have a pool of their own. */
export const environment = {
  ...serverEnvironment({ port: 50050 }),
  ...clientEnvironment(),
  ...databaseEnvironment,
  ...etcdEnvironment,
  ...announceEnvironment,
  ...telemetryEnvironment,
  /** How long a reservation that is not committed holds its stock, in seconds. */
  RESERVATION_SECONDS: integer({ min: 1, max: 86_400 }).default(900),
};

export type Config = ReturnType<typeof readConfig>;

/** @throws {ConfigurationError} naming each variable that is missing or wrong */
export function readConfig(variables: Readonly<Record<string, string | undefined>>) {
  return readEnvironment(environment, variables);
}
