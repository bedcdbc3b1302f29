import type { Announcement, InstanceWatch } from "@banyan/registry";
import { openInstanceServer, type InstanceServer } from "../callee/instance-server.ts";
import type { RowLog } from "../report/row-log.ts";
import type { World } from "../world/world.ts";
import { openClient, type Client } from "./client.ts";
import { Truth, type Whereabouts } from "./truth.ts";

/** The service that is announced and watched. */
export const service = "user";
export const servicePrefix = `/services/${service}/`;

/** The TTL of most leases, in seconds: the least there may be. */
export const ttlSeconds = 5;
/** The TTL of those who have another one. */
export const longTtlSeconds = 10;

/** A process that watches the service. */
export interface Watching extends Client {
  readonly watch: InstanceWatch;
}

/** A process that is announced. */
export interface Announcing extends Client, Whereabouts {
  readonly server: InstanceServer;
  readonly announcement: Announcement;
}

export interface JoinOptions {
  readonly name?: string;
  readonly ttlSeconds?: number;
  readonly direct?: boolean;
}

/** Processes that announce and watch one service, and the truth about who of them is there. */
export class Fleet implements AsyncDisposable {
  readonly truth = new Truth();
  readonly #world: World;
  readonly #log: RowLog;
  readonly #watching: Watching[] = [];
  readonly #announcing = new Set<Announcing>();
  /** Those who crash and have not ended yet. */
  readonly #crashed = new Set<Promise<void>>();
  #joined = 0;

  constructor(world: World, log: RowLog) {
    this.#world = world;
    this.#log = log;
  }

  /** Those who are there. */
  get announcing(): readonly Announcing[] {
    return [...this.#announcing].filter((instance) => this.truth.isThere(instance));
  }

  /** The one that has joined last. @throws when nobody is there */
  get newest(): Announcing {
    const newest = this.announcing.at(-1);
    if (newest === undefined) throw new Error("nobody is there");
    return newest;
  }

  get watching(): readonly Watching[] {
    return this.#watching;
  }

  get clients(): readonly Client[] {
    return [...this.#watching, ...this.announcing];
  }

  /** Those with a proxy before each member, that is, all but the first two. */
  get proxied(): readonly Client[] {
    return this.clients.filter(({ route }) => route.proxies.length > 0);
  }

  /** Four that watch and four that are announced; of each, one without a proxy and one with a longer TTL. */
  async assemble(): Promise<void> {
    const kinds = [{ direct: true }, {}, { ttlSeconds: longTtlSeconds }, {}];
    for (const kind of kinds) {
      await this.join(kind);
      await this.#watch(kind);
    }
  }

  /** Opens one more process, and announces it; does not wait for etcd to know it. */
  async join(options: JoinOptions = {}): Promise<Announcing> {
    const number = ++this.#joined;
    const client = await this.#open({ name: `a${number}`, ...options });
    const server = await openInstanceServer(service);
    const { address } = server;
    const announcement = client.registry.announce(service, { address });
    const announcing = Object.assign(client, { id: client.name, address, announcement, server });
    this.#log.write(client.name, `is announced at ${address}`);
    this.truth.arrive(announcing);
    this.#announcing.add(announcing);
    return announcing;
  }

  /** Ends the process of an instance without a word: etcd hears no more of it. It must have proxies. */
  crash(instance: Announcing): void {
    if (instance.route.proxies.length === 0) throw new Error(`${instance.name} has no proxy to cut`);
    for (const proxy of instance.route.proxies) proxy.refuse();
    this.#log.write(instance.name, "crashes");
    this.truth.leave(instance, instance.ttlSeconds);
    this.#announcing.delete(instance);
    const ends = Promise.all([instance.server.crash(), instance[Symbol.asyncDispose]()]);
    const ended = ends.then(() => undefined).finally(() => this.#crashed.delete(ended));
    this.#crashed.add(ended);
  }

  /** Withdraws an instance in good order. */
  async withdraw(instance: Announcing): Promise<void> {
    this.#log.write(instance.name, "withdraws");
    this.truth.leave(instance, instance.ttlSeconds);
    this.#announcing.delete(instance);
    await instance[Symbol.asyncDispose]();
    await instance.server[Symbol.asyncDispose]();
  }

  /** Who does not know what, in words; none when everybody lists everybody who is there. */
  get lacking(): readonly string[] {
    const { present } = this.truth;
    return [
      ...this.announcing
        .filter(({ announcement }) => announcement.state.tag !== "live")
        .map(({ name, announcement }) => `${name} is ${announcement.state.tag}`),
      ...this.#watching.flatMap((watching) => lackingOf(watching, present)),
    ];
  }

  /** Who lists somebody who is not there, in words. */
  get surplus(): readonly string[] {
    return this.#watching.flatMap(({ name, watch }) =>
      watch.instances
        .filter((instance) => !this.truth.isThere(instance))
        .map(({ id, address }) => `${name} lists ${id} at ${address}, which is not there`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ends = [...this.#watching, ...this.#announcing, ...[...this.#announcing].map(({ server }) => server)].map(
      (opened) => opened[Symbol.asyncDispose](),
    );
    await Promise.all([...ends, ...this.#crashed]);
  }

  async #watch(options: JoinOptions): Promise<void> {
    const client = await this.#open({ name: `w${this.#watching.length + 1}`, ...options });
    this.#watching.push(Object.assign(client, { watch: client.registry.watch(service) }));
  }

  #open({ name, ...options }: JoinOptions & { readonly name: string }): Promise<Client> {
    const { truth } = this;
    return openClient(this.#world, { ttlSeconds, ...options, name, log: this.#log.of(name), truth });
  }
}

/** Whom of `present` a process that watches does not list, in words. */
export function lackingOf({ name, watch }: Watching, present: readonly Whereabouts[]): string[] {
  const listed = new Map(watch.instances.map(({ id, address }) => [id, address]));
  return present.filter(({ id, address }) => listed.get(id) !== address).map(({ id }) => `${name} does not list ${id}`);
}
