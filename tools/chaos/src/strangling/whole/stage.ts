import { startEtcd, startPostgres } from "@banyan/dev";
import { startApp } from "../app-process.ts";

/** The services that grow around the monolith, in the order in which they are taken out of it. */
export const services = ["user", "inventory", "order"] as const;
export type Service = (typeof services)[number];

/** etcd, PostgreSQL, two instances of the monolith, and what replaces its modules, each a process. Disposal ends all. */
export interface Stage extends AsyncDisposable {
  readonly etcdEndpoint: string;
  /** The addresses of the monolith's instances. */
  readonly doors: readonly string[];
  /** What an operator has in the environment to move one service: etcd, both databases, and the mover's role there. */
  environmentOf(service: Service): Readonly<Record<string, string>>;
}

/** A reservation that is not committed ends so early that a run sees it, and so late that no order is cut off by it. */
export const reservationSeconds = 40;
const settings = { LOG_LEVEL: "warn", LOG_FORMAT: "json", RESERVATION_SECONDS: String(reservationSeconds) };

/** @param taken those that are to be taken out; the others are not started */
export async function openStage(taken: readonly Service[], signal: AbortSignal): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const etcd = opening.use(await startEtcd({ signal }));
  const postgres = opening.use(await startPostgres());
  const environment = { ...settings, ETCD_ENDPOINTS: etcd.endpoint };
  const start = async (app: string, url: string): Promise<string> =>
    opening.use(await startApp(app, { ...environment, DATABASE_URL: url }, signal)).address;

  const legacy = await postgres.createDatabase("monolith");
  const urls = new Map<Service, string>();
  for (const service of taken) urls.set(service, await postgres.createDatabase(`${service}_service`));
  const first = start("monolith", legacy); // the first one migrates the database
  await Promise.all([first, ...[...urls].map(([service, url]) => start(`${service}-service`, url))]);
  const doors = [await first, await start("monolith", legacy)];
  const opened = opening.move();
  return {
    etcdEndpoint: etcd.endpoint,
    doors,
    environmentOf(service) {
      const candidate = urls.get(service) ?? "";
      const mover = (url: string): string => as(url, `${service}_mover`, "a secret of the mover");
      const admin = (url: string): string => as(url, "postgres", "");
      return {
        ETCD_ENDPOINTS: etcd.endpoint,
        LEGACY_DATABASE_URL: mover(legacy),
        CANDIDATE_DATABASE_URL: mover(candidate),
        LEGACY_ADMIN_URL: admin(legacy),
        CANDIDATE_ADMIN_URL: admin(candidate),
      };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The same database as another role. */
function as(text: string, username: string, password: string): string {
  const url = new URL(text);
  [url.username, url.password] = [username, password];
  return url.href;
}
