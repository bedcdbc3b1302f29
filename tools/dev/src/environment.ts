import { createDatabase } from "./postgres/database.ts";
import { SetupError, messageOf } from "./setup-error.ts";
import type { Reached } from "./supervisor/protocol.ts";
import { type Supervisor, connectSupervisor } from "./supervisor/client.ts";

export interface EnvironmentOptions {
  /** What is set already: ETCD_ENDPOINTS and POSTGRES_ADMIN_URL are used instead of a server of ours. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the checkout, by default the one of this file. */
  readonly checkout?: string;
  readonly onProgress?: (line: string) => void;
}

/** What services need in development. Servers of ours are shared by all claims of the checkout, through its supervisor. */
export interface Environment extends AsyncDisposable {
  /** Gives etcd's endpoints, starting it unless ETCD_ENDPOINTS is set; the version is "" where it is not ours. */
  etcd(): Promise<Reached>;
  /** Makes the database of an app, `user_service` for `user-service`, unless it exists; starts PostgreSQL where needed. */
  database(app: string): Promise<Reached>;
  /** Resolves with a sentence when something that was given here has gone. */
  readonly lost: Promise<string>;
  /** Gives all up and waits until what nobody else uses has stopped. */
  leave(): Promise<void>;
}

export function openEnvironment(options: EnvironmentOptions): Environment {
  const { ETCD_ENDPOINTS: endpoints, POSTGRES_ADMIN_URL: adminUrl } = options.env;
  const lost = Promise.withResolvers<string>();
  let connecting: Promise<Supervisor> | undefined;
  const supervisor = (): Promise<Supervisor> => {
    connecting ??= connectSupervisor(options).then((connected) => {
      void connected.lost.then(lost.resolve);
      return connected;
    });
    return connecting;
  };
  const connected = (): Promise<Supervisor | undefined> =>
    connecting?.catch(() => undefined) ?? Promise.resolve(undefined);

  return {
    async etcd() {
      return endpoints ? { url: endpoints, version: "" } : (await supervisor()).etcd();
    },
    async database(app) {
      const name = databaseName(app);
      if (adminUrl) return { url: await createOnGivenServer(adminUrl, name), version: "" };
      return (await supervisor()).database(name);
    },
    lost: lost.promise,
    leave: async () => (await connected())?.leave(),
    [Symbol.asyncDispose]: async () => (await connected())?.[Symbol.asyncDispose](),
  };
}

/** The name of an app's database, and of the role that owns it. */
export function databaseName(app: string): string {
  return app.replaceAll("-", "_");
}

async function createOnGivenServer(adminUrl: string, name: string): Promise<string> {
  try {
    return await createDatabase(adminUrl, name);
  } catch (error) {
    throw new SetupError(`the server that POSTGRES_ADMIN_URL names cannot be used: ${messageOf(error)}`);
  }
}
