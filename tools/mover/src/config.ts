import { openEnvironment } from "@banyan/dev";
import { etcdEnvironment } from "@banyan/registry";
import { readEnvironment, secret } from "@banyan/service";
import type { Side } from "@banyan/strangler";
import { z } from "zod";

const url = () =>
  secret(
    z.url({
      protocol: /^postgres(ql)?$/,
      hostname: /.*/,
      error: "expected a URL postgres://role:password@host:port/database",
    }),
  );

/** The databases as the mover's own role reaches them: one role, in both. */
const moverEnvironment = { ...etcdEnvironment, LEGACY_DATABASE_URL: url(), CANDIDATE_DATABASE_URL: url() };

/** The databases as the owner of their tables does, who may make roles unless the mover's is there. For setup and teardown. */
const adminEnvironment = { LEGACY_ADMIN_URL: url(), CANDIDATE_ADMIN_URL: url() };

export type Environment = Readonly<Record<string, string | undefined>>;
export type DatabaseUrls = Readonly<Record<Side, string>>;

export function readMoverConfig(environment: Environment) {
  const { LEGACY_DATABASE_URL, CANDIDATE_DATABASE_URL, ...etcd } = readEnvironment(moverEnvironment, environment);
  return { etcd, urls: { legacy: LEGACY_DATABASE_URL, candidate: CANDIDATE_DATABASE_URL } };
}

export function readAdminUrls(environment: Environment): DatabaseUrls {
  const { LEGACY_ADMIN_URL, CANDIDATE_ADMIN_URL } = readEnvironment(adminEnvironment, environment);
  return { legacy: LEGACY_ADMIN_URL, candidate: CANDIDATE_ADMIN_URL };
}

/** An environment that ends with its disposal. */
export interface DevelopmentEnvironment extends AsyncDisposable {
  readonly environment: Environment;
}

/**
 * The variables of the development servers of this checkout, which are shared with `nx serve`, beside those that are set.
 * Servers that ETCD_ENDPOINTS and POSTGRES_ADMIN_URL name are used instead, as by `nx serve`.
 */
export async function developmentEnvironment(
  service: string,
  environment: Environment,
): Promise<DevelopmentEnvironment> {
  await using opening = new AsyncDisposableStack();
  const servers = opening.use(openEnvironment({ env: environment }));
  const [etcd, legacy, candidate, mover] = [
    await servers.etcd(),
    await servers.database("monolith"),
    await servers.database(`${service}-service`),
    // The database of this name stays empty: it is for the role.
    await servers.database(`${service}-mover`),
  ];
  const opened = opening.move();
  return {
    environment: {
      ETCD_ENDPOINTS: etcd.url,
      LEGACY_ADMIN_URL: legacy.url,
      CANDIDATE_ADMIN_URL: candidate.url,
      LEGACY_DATABASE_URL: asRole(mover.url, legacy.url),
      CANDIDATE_DATABASE_URL: asRole(mover.url, candidate.url),
      ...environment,
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The database of one URL, for the role of another one. */
function asRole(role: string, database: string): string {
  const url = new URL(role);
  url.pathname = new URL(database).pathname;
  return url.href;
}
