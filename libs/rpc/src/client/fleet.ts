import { EventEmitter, once } from "node:events";
import {
  Balancer,
  type BalancedInstance,
  type BalancerPolicy,
  type InstanceStatus,
  type Picked,
  type PickRequest,
} from "@banyan/balancer";
import type { Logger } from "@banyan/telemetry";
import { Code, ConnectError } from "@connectrpc/connect";
import type { CallObserver } from "./call-observer.ts";
import type { DiscoveredInstance, Discovery } from "./discovery.ts";
import { startHealthChecks } from "./health-checks.ts";
import { http2Transport } from "./http2-transport.ts";
import type { Http2Transport, Http2TransportOptions } from "./transport-options.ts";

export interface Member extends BalancedInstance {
  /** Of the instance at its address: one that moves is another member. */
  readonly id: string;
  readonly instance: DiscoveredInstance;
  readonly transport: Http2Transport;
}

export interface FleetOptions extends Http2TransportOptions {
  /** The service, for messages. */
  readonly name: string;
  readonly log?: Logger | undefined;
  readonly balancing?: BalancerPolicy | undefined;
  /** Asks each instance for its health this often, in milliseconds in [100, 600000]. Default: never. */
  readonly healthCheckMs?: number | undefined;
  readonly observer?: Pick<CallObserver, "ejected"> | undefined;
}

/** The live instances of a service, each with a transport that is kept for as long as the instance is listed. */
export class Fleet implements AsyncDisposable {
  readonly #discovery: Discovery;
  readonly #options: FleetOptions;
  readonly #unsubscribe: () => void;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #disposal = new AbortController();
  readonly #retiring = new Set<Http2Transport>();
  readonly #balancer: Balancer<Member>;
  readonly #healthChecks: AsyncDisposable | undefined;
  #members = new Map<string, Member>();

  /** @throws {RangeError} when the balancing is out of bounds */
  constructor(discovery: Discovery, options: FleetOptions) {
    this.#discovery = discovery;
    this.#options = options;
    this.#balancer = new Balancer({
      ...options.balancing,
      now: () => performance.now(),
      random: Math.random,
      onEjection: (id) => this.#noteEjection(id),
    });
    this.#healthChecks =
      options.healthCheckMs === undefined
        ? undefined
        : startHealthChecks({
            everyMs: options.healthCheckMs,
            service: options.name,
            members: () => this.#members.values(),
            onAnswer: ({ id }, healthy) => this.#balancer.setHealthy(id, healthy),
          });
    this.#unsubscribe = discovery.subscribe((instances) => this.#update(instances));
    this.#update(discovery.instances);
  }

  /** How many instances are known. */
  get size(): number {
    return this.#members.size;
  }

  /** Undefined when each instance has been tried, or there is none. Whoever picks says what became of the call. */
  pick(request?: PickRequest): Picked<Member> | undefined {
    return this.#balancer.pick(request);
  }

  /** Takes another policy, and keeps what is known of the instances. @throws {RangeError} when it is out of bounds */
  configure(balancing: BalancerPolicy): void {
    this.#balancer.configure(balancing);
  }

  /** What is known of each instance, for metrics. */
  status(): readonly InstanceStatus[] {
    return this.#balancer.status();
  }

  /**
   * An instance, as soon as there is one.
   *
   * @throws {ConnectError} UNAVAILABLE when there is none within `waitMs`, CANCELED when `signal` is aborted
   */
  async next(waitMs: number, signal: AbortSignal | undefined, request?: PickRequest): Promise<Picked<Member>> {
    const over = new AbortController();
    const { name } = this.#options;
    const message = `no instance of ${name} is known: waited ${Math.ceil(waitMs)} ms for one`;
    const timer = setTimeout(() => over.abort(new ConnectError(message, Code.Unavailable)), waitMs);
    const ended = AbortSignal.any([over.signal, this.#disposal.signal, ...(signal ? [signal] : [])]);
    try {
      for (;;) {
        await once(this.#changes, "change", { signal: ended });
        const picked = this.pick(request);
        if (picked !== undefined) return picked;
      }
    } catch (error) {
      throw ConnectError.from(ended.aborted ? ended.reason : error, Code.Canceled);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposal.signal.aborted) return;
    this.#disposal.abort(new ConnectError(`the transport to ${this.#options.name} is closed`, Code.Unavailable));
    this.#unsubscribe();
    await this.#healthChecks?.[Symbol.asyncDispose]();
    const members = [...this.#members.values()].map(({ transport }) => transport);
    this.#members = new Map();
    this.#balancer.update([]);
    await Promise.all([...members, ...this.#retiring].map((transport) => transport[Symbol.asyncDispose]()));
    await this.#discovery[Symbol.asyncDispose]();
  }

  #update(instances: readonly DiscoveredInstance[]): void {
    if (this.#disposal.signal.aborted) return;
    const before = this.#members;
    this.#members = new Map();
    for (const instance of instances) {
      const kept = before.get(keyOf(instance));
      const member = kept ? { ...memberOf(instance), transport: kept.transport } : this.#open(instance);
      if (member !== undefined) this.#members.set(member.id, member);
    }
    for (const [key, member] of before) if (!this.#members.has(key)) this.#retire(member);
    this.#balancer.update([...this.#members.values()]);
    this.#changes.emit("change");
  }

  /** Undefined for an instance whose address cannot be dialled: it must not keep its neighbours from being called. */
  #open(instance: DiscoveredInstance): Member | undefined {
    const { name, log } = this.#options;
    try {
      const member = { ...memberOf(instance), transport: http2Transport(instance.address, this.#options) };
      log?.info({ callee: name, ...instance }, "instance joined");
      return member;
    } catch (error) {
      log?.warn({ callee: name, ...instance, error }, "instance ignored: its address cannot be dialled");
      return undefined;
    }
  }

  #noteEjection(id: string): void {
    const { name, log, observer } = this.#options;
    log?.warn({ callee: name, ...this.#members.get(id)?.instance }, "instance ejected: its calls fail");
    observer?.ejected();
  }

  #retire({ instance, transport }: Member): void {
    this.#options.log?.info({ callee: this.#options.name, ...instance }, "instance left");
    this.#retiring.add(transport);
    void transport.retire().finally(() => this.#retiring.delete(transport));
  }
}

function memberOf(instance: DiscoveredInstance): Omit<Member, "transport"> {
  const { zone, weight } = instance;
  return {
    id: keyOf(instance),
    instance,
    ...(zone !== undefined && { zone }),
    ...(weight !== undefined && { weight }),
  };
}

function keyOf({ id, address }: DiscoveredInstance): string {
  return `${id} ${address}`;
}
