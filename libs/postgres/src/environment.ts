import { integer, oneOf, secret } from "@banyan/service";
import { z } from "zod";

/** The variables that a service's database is opened with. */
export const databaseEnvironment = {
  /** The service's own database, `postgres://role:password@host:port/database`; a socket folder goes into `?host=`. */
  DATABASE_URL: secret(
    z.url({
      protocol: /^postgres(ql)?$/,
      hostname: /.*/,
      error: "expected a URL postgres://role:password@host:port/database",
    }),
  ),
  /** Connections at the most, in [1, 1000]; PostgreSQL's own limit is shared by all instances. */
  DATABASE_POOL_SIZE: integer({ min: 1, max: 1000 }).default(10),
  /** Outside of development the password of the trial is refused. */
  BANYAN_ENV: oneOf("development", "production").default("production"),
};

/** The password of the databases in k8s/overlays/dev, which everybody knows. */
export const trialPassword = "banyan-trial";

export interface DatabaseConfig {
  readonly DATABASE_URL: string;
  readonly DATABASE_POOL_SIZE: number;
  /** Default: `production`. */
  readonly BANYAN_ENV?: "development" | "production" | undefined;
}
