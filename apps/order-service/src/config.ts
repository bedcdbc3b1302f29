import { databaseEnvironment } from "@banyan/postgres";
import { announceEnvironment, etcdEnvironment } from "@banyan/registry";
import { clientEnvironment, serverEnvironment } from "@banyan/rpc";
import { readEnvironment } from "@banyan/service";
import { telemetryEnvironment } from "@banyan/telemetry";

/** Every variable that this service reads. */
export const environment = {
  ...serverEnvironment({ port: 50052 }),
  ...clientEnvironment(),
  ...databaseEnvironment,
  ...etcdEnvironment,
  ...announceEnvironment,
  ...telemetryEnvironment,
};

export type Config = ReturnType<typeof readConfig>;

/** @throws {ConfigurationError} naming each variable that is missing or wrong */
export function readConfig(variables: Readonly<Record<string, string | undefined>>) {
  return readEnvironment(environment, variables);
}
