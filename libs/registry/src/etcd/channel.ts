import type { CallOptions, Client, Metadata } from "@grpc/grpc-js";
import { AuthClient, castGrpcError, isRecoverableError, type ICallable, type Services } from "etcd3";
import { Host } from "etcd3/lib/connection-pool.js";
import type { Connection } from "./connection.ts";
import { diallingOf } from "./dialling.ts";
import { Session } from "./session.ts";
import { attemptTimeoutMs, channelOptions } from "./tuning.ts";

/** What a call is made with. */
interface Opened {
  readonly resource: Host;
  readonly client: Client;
  readonly metadata: Metadata;
}

/**
 * What the etcd3 package's generated clients make their calls through, in place of its connection pool: the connection
 * to one member, on which a call has a deadline and is made once.
 *
 * The pool tries again on members of its own choice, blocks calls for 5 seconds after a blip (one circuit breaker per
 * host), opens a connection for every token and closes none, asks without end when a new token is refused, and does not
 * reach a member by its IP address over TLS.
 */
export class Channel implements ICallable<Host> {
  readonly callOptionsFactory = undefined;
  readonly session: Session;
  readonly #host: Host;

  constructor(endpoint: string, connection: Connection) {
    const { credentials, options } = diallingOf(endpoint, connection);
    this.#host = new Host(endpoint, credentials, { ...channelOptions, ...options });
    this.session = new Session(new AuthClient(this), connection.user);
  }

  /** Makes a call, and once more with a new token when etcd no longer knows the one it had. */
  async exec<T>(service: keyof typeof Services, method: string, params: unknown, options?: CallOptions): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (service !== "Auth") await this.session.open();
      try {
        return await this.#call<T>(service, method, params, options);
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (attempt === 1 && this.session.closedBy(failure.message)) continue;
        this.markFailed(this.#host, failure);
        throw castGrpcError(failure);
      }
    }
  }

  /** Opens a stream by `fn`. */
  async withConnection<R>(service: keyof typeof Services, fn: (opened: Opened) => Promise<R> | R): Promise<R> {
    await this.session.open();
    const client = this.#host.getServiceClient(service);
    return fn({ resource: this.#host, client, metadata: this.session.metadata({ isStream: true }) });
  }

  /** Closes a connection that may be of no use any more, so that the next call makes a new one at once. */
  markFailed(host: Host, error: Error): void {
    if (isRecoverableError(castGrpcError(error))) host.resetAllServices();
  }

  close(): void {
    this.#host.close();
  }

  #call<T>(service: keyof typeof Services, method: string, params: unknown, options?: CallOptions): Promise<T> {
    const client = this.#host.getServiceClient(service);
    const metadata = this.session.metadata({ isStream: false });
    const bounded = { deadline: Date.now() + attemptTimeoutMs, ...options };
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, answer: T): void => (error === null ? resolve(answer) : reject(error));
      const call: unknown = Reflect.get(client, method);
      if (typeof call !== "function") throw new TypeError(`etcd has no ${service}.${method}`);
      Reflect.apply(call, client, [params, metadata, bounded, done]);
    });
  }
}
