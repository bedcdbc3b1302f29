import { EventEmitter, once } from "node:events";
import type { Logger } from "@banyan/telemetry";
import { Code, ConnectError } from "@connectrpc/connect";
import type { DiscoveredInstance, Discovery } from "./discovery.ts";
import { http2Transport, type Http2Transport, type Http2TransportOptions } from "./http2-transport.ts";
import { roundRobin, type Picker } from "./round-robin.ts";

export interface Member {
  readonly instance: DiscoveredInstance;
  readonly transport: Http2Transport;
}

export interface FleetOptions extends Http2TransportOptions {
  /** The service, for messages. */
  readonly name: string;
  readonly log?: Logger | undefined;
}

/** The live instances of a service, each with a transport that is kept for as long as the instance is listed. */
export class Fleet implements AsyncDisposable {
  readonly #discovery: Discovery;
  readonly #options: FleetOptions;
  readonly #unsubscribe: () => void;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #disposal = new AbortController();
  readonly #retiring = new Set<Http2Transport>();
  #members = new Map<string, Member>();
  #picker: Picker = roundRobin([], 0);

  constructor(discovery: Discovery, options: FleetOptions) {
    this.#discovery = discovery;
    this.#options = options;
    this.#unsubscribe = discovery.subscribe((instances) => this.#update(instances));
    this.#update(discovery.instances);
  }

  /** Undefined when each instance has been tried, or there is none. */
  pick(tried: ReadonlySet<string>): Member | undefined {
    const instance = this.#picker.pick(tried);
    return instance && this.#members.get(keyOf(instance));
  }

  /**
   * The next instance in turn, as soon as there is one.
   *
   * @throws {ConnectError} UNAVAILABLE when there is none within `waitMs`, CANCELED when `signal` is aborted
   */
  async next(waitMs: number, signal: AbortSignal | undefined): Promise<Member> {
    const nobody: ReadonlySet<string> = new Set();
    const atOnce = this.pick(nobody);
    if (atOnce !== undefined) return atOnce;

    const over = new AbortController();
    const { name } = this.#options;
    const message = `no instance of ${name} is known: waited ${Math.ceil(waitMs)} ms for one`;
    const timer = setTimeout(() => over.abort(new ConnectError(message, Code.Unavailable)), waitMs);
    const ended = AbortSignal.any([over.signal, this.#disposal.signal, ...(signal ? [signal] : [])]);
    try {
      for (;;) {
        await once(this.#changes, "change", { signal: ended });
        const member = this.pick(nobody);
        if (member !== undefined) return member;
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
    const members = [...this.#members.values()].map(({ transport }) => transport);
    this.#members = new Map();
    this.#picker = roundRobin([], 0);
    await Promise.all([...members, ...this.#retiring].map((transport) => transport[Symbol.asyncDispose]()));
    await this.#discovery[Symbol.asyncDispose]();
  }

  #update(instances: readonly DiscoveredInstance[]): void {
    if (this.#disposal.signal.aborted) return;
    const before = this.#members;
    this.#members = new Map();
    for (const instance of instances) {
      const member = before.get(keyOf(instance)) ?? this.#open(instance);
      if (member !== undefined) this.#members.set(keyOf(instance), member);
    }
    for (const [key, member] of before) if (!this.#members.has(key)) this.#retire(member);
    const reachable = [...this.#members.values()].map(({ instance }) => instance);
    this.#picker = roundRobin(reachable, Math.floor(Math.random() * reachable.length));
    this.#changes.emit("change");
  }

  /** Undefined for an instance whose address cannot be dialled: it must not keep its neighbours from being called. */
  #open(instance: DiscoveredInstance): Member | undefined {
    const { name, log } = this.#options;
    try {
      const member = { instance, transport: http2Transport(instance.address, this.#options) };
      log?.info({ callee: name, ...instance }, "instance joined");
      return member;
    } catch (error) {
      log?.warn({ callee: name, ...instance, error }, "instance ignored: its address cannot be dialled");
      return undefined;
    }
  }

  #retire({ instance, transport }: Member): void {
    this.#options.log?.info({ callee: this.#options.name, ...instance }, "instance left");
    this.#retiring.add(transport);
    void transport.retire().finally(() => this.#retiring.delete(transport));
  }
}

function keyOf({ id, address }: DiscoveredInstance): string {
  return `${id} ${address}`;
}
