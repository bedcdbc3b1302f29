import { startEtcd } from "@banyan/dev";
import { openRegistry } from "@banyan/registry";
import {
  createTrafficStore,
  publishReports,
  splitTransport,
  watchTraffic,
  type Side,
  type TrafficStore,
} from "@banyan/strangler";
import { UserService } from "@banyan/stubs-user";
import { Code, ConnectError, createClient, createRouterTransport, type Client } from "@connectrpc/connect";
import { DatabaseFailure } from "../database/database-failure.ts";
import { createUser } from "./users.ts";
import { openWorld, type World } from "./world.ts";

const silent = { info: () => undefined, warn: () => undefined, debug: () => undefined };

/** A world whose rules are in a real etcd. */
export interface EtcdWorld extends AsyncDisposable {
  readonly world: World;
  readonly etcdEndpoint: string;
  /** A monolith's door: users through a split that follows the rule, and reports. Each side has its database. */
  openDoor(instance: string): Promise<AsyncDisposable & { readonly users: Client<typeof UserService> }>;
}

export async function openEtcdWorld(): Promise<EtcdWorld> {
  await using opening = new AsyncDisposableStack();
  const etcd = opening.use(await startEtcd());
  const config = { ETCD_ENDPOINTS: [etcd.endpoint], BANYAN_ENV: "development" as const };
  const registry = opening.use(openRegistry(config, { log: silent }));
  const store = createTrafficStore(registry.etcd);
  const world = opening.use(await openWorld("user", store));
  const opened = opening.move();
  return {
    world,
    etcdEndpoint: etcd.endpoint,
    openDoor: (instance) => openDoor(world, { registry, store, instance }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface DoorOptions {
  readonly registry: ReturnType<typeof openRegistry>;
  readonly store: TrafficStore;
  readonly instance: string;
}

async function openDoor(world: World, { registry, store, instance }: DoorOptions) {
  await using opening = new AsyncDisposableStack();
  const rule = opening.use(watchTraffic(registry, "user", { log: silent }));
  await rule.ready;
  const [legacy, candidate] = [await server(world, "legacy"), await server(world, "candidate")];
  const split = opening.use(splitTransport(legacy, candidate, rule, { name: "user", log: silent }));
  opening.use(publishReports(split, { store, instance, log: silent }));
  const opened = opening.move();
  return { users: createClient(UserService, split), [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Users in the database of one side. */
async function server(world: World, side: Side) {
  const session = await world.session(side);
  return createRouterTransport((router) =>
    router.service(UserService, {
      async createUser({ name }) {
        return { userId: await createUser(session, name).catch(asStatus), success: true };
      },
      async getUser({ userId }) {
        const [user] = await session.query<{ name: string }>("select name from users where id = $1", [userId]);
        if (user === undefined) throw new ConnectError(`no user ${userId}`, Code.NotFound);
        return { userId, name: user.name };
      },
    }),
  );
}

function asStatus(error: unknown): never {
  if (error instanceof DatabaseFailure && error.isFenced) throw new ConnectError(error.message, Code.Unavailable);
  throw error;
}
