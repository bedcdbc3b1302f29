import { Metadata } from "@grpc/grpc-js";
import { GRPCFailedPreconditionError, type AuthClient } from "etcd3";
import type { User } from "./connection.ts";

/** What etcd says of a call without a token that it knows; it forgets them after 5 minutes, and when it restarts. */
const noToken = /invalid auth token|revision of auth store is old|user name is empty/;

/** The token that a member's calls are made with, where etcd asks for a user. */
export class Session {
  readonly #auth: AuthClient;
  readonly #user: User | undefined;
  /** Open without a token is one with an etcd that asks for none. */
  #state: { readonly tag: "closed" } | { readonly tag: "open"; readonly token?: string };
  #opening: Promise<void> | undefined;

  constructor(auth: AuthClient, user: User | undefined) {
    this.#auth = auth;
    this.#user = user;
    this.#state = { tag: user === undefined ? "open" : "closed" };
  }

  /** Resolves when there is a token, or etcd asks for none. @throws when etcd refuses the user, or does not answer */
  async open(): Promise<void> {
    if (this.#state.tag === "open" || this.#user === undefined) return;
    this.#opening ??= this.#authenticate(this.#user).finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  /** Closes it if `words` are those with which etcd refuses a token, so that it is opened anew. @returns whether they are */
  closedBy(words: string): boolean {
    if (this.#user === undefined || !noToken.test(words)) return false;
    this.#state = { tag: "closed" };
    return true;
  }

  /** What goes with a call. A stream is to be ended by a member that has no leader. */
  metadata(options: { readonly isStream: boolean }): Metadata {
    const metadata = new Metadata();
    if (this.#state.tag === "open" && this.#state.token !== undefined) metadata.set("token", this.#state.token);
    if (options.isStream) metadata.set("hasleader", "true");
    return metadata;
  }

  async #authenticate({ name, password }: User): Promise<void> {
    try {
      this.#state = { tag: "open", token: (await this.#auth.authenticate({ name, password })).token };
    } catch (error) {
      // "authentication is not enabled": a user is configured before etcd asks for one, which is the order to do it in.
      if (!(error instanceof GRPCFailedPreconditionError)) throw error;
      this.#state = { tag: "open" };
    }
  }
}
