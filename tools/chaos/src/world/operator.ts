import { z } from "zod";

/** One key of etcd as the JSON gateway tells of it. */
export interface StoredKey {
  readonly key: string;
  readonly value: string;
  /** `"0"` when it is under none. */
  readonly lease: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const answerMs = 4000;
const header = z.object({ revision: z.string(), member_id: z.string() });
const text = z.base64().transform((encoded) => Buffer.from(encoded, "base64").toString());
const stored = z.object({ key: text, value: text.default(""), lease: z.string().default("0") });
const rangeAnswer = z.object({ header, kvs: z.array(stored).default([]) });
const leaseAnswer = z.object({ ID: z.string() });
const statusAnswer = z.object({ header, leader: z.string().default("0") });
const tokenAnswer = z.object({ token: z.string() });

const base64 = (value: string | Uint8Array): string => Buffer.from(value).toString("base64");

/**
 * An operator's hands on etcd: its JSON gateway, through no proxy, which shares no code and no connection with what is
 * tested. Every call answers within 4 seconds or throws.
 *
 * @see https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
 */
export class Operator {
  readonly #endpoint: () => string;
  #credentials: Credentials | undefined;

  /** @param endpoint where to ask now */
  constructor(endpoint: () => string) {
    this.#endpoint = endpoint;
  }

  /** @returns the lease that the key is under, which nobody renews; none without a TTL */
  async put(key: string, value: string | Uint8Array, ttlSeconds?: number): Promise<string | undefined> {
    const lease = ttlSeconds && leaseAnswer.parse(await this.#call("lease/grant", { TTL: ttlSeconds })).ID;
    await this.#call("kv/put", { key: base64(key), value: base64(value), lease });
    return lease || undefined;
  }

  /** Reads linearizably what is below a prefix. */
  async list(prefix: string): Promise<readonly StoredKey[]> {
    const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
    return rangeAnswer.parse(await this.#call("kv/range", { key: base64(prefix), range_end: base64(end) })).kvs;
  }

  async delete(key: string): Promise<void> {
    await this.#call("kv/deleterange", { key: base64(key) });
  }

  async leaseOf(key: string): Promise<string | undefined> {
    return rangeAnswer.parse(await this.#call("kv/range", { key: base64(key) })).kvs[0]?.lease;
  }

  async revoke(lease: string): Promise<void> {
    await this.#call("lease/revoke", { ID: lease });
  }

  /** Forgets all revisions before the present one. */
  async compact(): Promise<void> {
    const { revision } = rangeAnswer.parse(await this.#call("kv/range", { key: base64("/") })).header;
    await this.#call("kv/compaction", { revision, physical: true });
  }

  /** The member that is asked, and the leader that it knows, as decimal ids; `"0"` while there is none. */
  async status(): Promise<{ readonly member: string; readonly leader: string }> {
    const { header, leader } = statusAnswer.parse(await this.#call("maintenance/status", {}));
    return { member: header.member_id, leader };
  }

  /** Creates the user, who may do everything, and lets nobody else in from now on. */
  async enableAuth({ username, password }: Credentials): Promise<void> {
    await this.#call("auth/user/add", { name: "root", password });
    await this.#call("auth/role/add", { name: "root" });
    await this.#call("auth/user/grant", { user: "root", role: "root" });
    await this.#call("auth/user/add", { name: username, password });
    await this.#call("auth/user/grant", { user: username, role: "root" });
    await this.#call("auth/enable", {});
    this.#credentials = { username: "root", password };
  }

  async #call(path: string, message: object): Promise<unknown> {
    return this.#post(path, message, this.#credentials && (await this.#token(this.#credentials)));
  }

  /** A new one for each call: they may live for a second. */
  async #token({ username, password }: Credentials): Promise<string> {
    return tokenAnswer.parse(await this.#post("auth/authenticate", { name: username, password })).token;
  }

  async #post(path: string, message: object, token?: string): Promise<unknown> {
    const response = await fetch(`${this.#endpoint()}/v3/${path}`, {
      method: "POST",
      headers: token === undefined ? {} : { authorization: token },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(answerMs),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
