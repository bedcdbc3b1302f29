import { databaseEnvironment } from "@banyan/postgres";
import { announceEnvironment, etcdEnvironment } from "@banyan/registry";
import { serverEnvironment } from "@banyan/rpc";
import { integer, readEnvironment } from "@banyan/service";
import { telemetryEnvironment } from "@banyan/telemetry";

/** Every variable that this service reads. */
export const environment = {
  ...serverEnvironment({ port: 50053 }),
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
