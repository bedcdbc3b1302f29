import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../setup-error.ts";

/** A service that `npm start` runs, on its usual port. */
export interface ServiceEntry {
  /** Its name in etcd. */
  readonly name: string;
  /** Its folder below apps. */
  readonly app: string;
  /** The port for callers; the private one is 1000 above. */
  readonly port: number;
}

/**
 * Every service of a checkout, by its port: each `apps/<name>-service`, on the port that its `src/config.ts` has by
 * default.
 *
 * @throws {SetupError} naming a service whose port cannot be told, or two that have the same one
 */
export async function findServices(checkout: string): Promise<readonly ServiceEntry[]> {
  const apps = (await readdir(join(checkout, "apps"))).filter((app) => app.endsWith("-service"));
  const services = await Promise.all(apps.map(async (app) => readService(checkout, app)));
  services.sort((a, b) => a.port - b.port);
  for (const [index, { app, port }] of services.entries()) {
    const other = services[index + 1];
    if (other?.port === port) {
      throw new SetupError(`${app} and ${other.app} both have port ${port}: change one in its src/config.ts`);
    }
  }
  return services;
}

async function readService(checkout: string, app: string): Promise<ServiceEntry> {
  const path = join("apps", app, "src/config.ts");
  const config = await readFile(join(checkout, path), "utf8").catch(() => "");
  const port = /\bserverEnvironment\(\{ port: (\d+) \}\)/.exec(config)?.[1];
  if (port === undefined) {
    throw new SetupError(`${path} does not say the port: expected serverEnvironment({ port: 50051 }), a number, in it`);
  }
  return { name: app.replace(/-service$/, ""), app, port: Number(port) };
}
