/** One key of etcd. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** The id of its lease; "0" for none. */
  readonly lease: string;
}

/** What any program sees of etcd: its HTTP/JSON gateway, without a client library. */
export interface EtcdView {
  /** The keys below `prefix`, in their order. */
  list(prefix: string): Promise<readonly Entry[]>;
  /** Writes a key without a lease. */
  put(key: string, value: string): Promise<void>;
  /** The time to live that a lease was granted, in seconds. */
  grantedTtl(lease: string): Promise<number>;
}

/** @param endpoint as in `http://127.0.0.1:2379` */
export function viewEtcd(endpoint: string): EtcdView {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(`${endpoint}${path}`, { method: "POST", body: JSON.stringify(body), signal });
    if (!response.ok) throw new Error(`etcd answered ${response.status} to ${path}: ${await response.text()}`);
    return fieldsOf(await response.json());
  };
  return {
    async list(prefix) {
      const { kvs } = await post("/v3/kv/range", { key: encode(prefix), range_end: encode(endOf(prefix)) });
      return Array.isArray(kvs) ? kvs.map(toEntry) : [];
    },
    async put(key, value) {
      await post("/v3/kv/put", { key: encode(key), value: encode(value) });
    },
    async grantedTtl(lease) {
      const { grantedTTL } = await post("/v3/lease/timetolive", { ID: lease });
      return Number(grantedTTL);
    },
  };
}

/** The first key behind all keys that start with `prefix`. */
function endOf(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1);
  return prefix.slice(0, -1) + String.fromCharCode(last + 1);
}

function toEntry(value: unknown): Entry {
  const { key, value: content, lease } = fieldsOf(value);
  return { key: decode(key), value: decode(content), lease: typeof lease === "string" ? lease : "0" };
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decode(base64: unknown): string {
  return typeof base64 === "string" ? Buffer.from(base64, "base64").toString() : "";
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
