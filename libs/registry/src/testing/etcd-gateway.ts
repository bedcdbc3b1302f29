import { z } from "zod";

const base64 = (value: string | Uint8Array): string => Buffer.from(value).toString("base64");

const rangeAnswer = z.object({
  header: z.object({ revision: z.string() }),
  kvs: z.array(z.object({ value: z.string().default(""), lease: z.string().default("0") })).default([]),
});
const leaseAnswer = z.object({ ID: z.string() });

/**
 * An operator's hands on an etcd: its JSON gateway, which shares no code and no connection with what is tested.
 *
 * @see https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
 */
export function etcdGateway(endpoint: string) {
  const call = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${endpoint}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const range = async (key: string) => rangeAnswer.parse(await call("kv/range", { key: base64(key) }));

  return {
    /** With a TTL, under a lease that nobody renews. */
    async put(key: string, value: string | Uint8Array, ttlSeconds?: number): Promise<void> {
      const lease = ttlSeconds && leaseAnswer.parse(await call("lease/grant", { TTL: ttlSeconds })).ID;
      await call("kv/put", { key: base64(key), value: base64(value), lease });
    },

    async get(key: string): Promise<string | undefined> {
      const value = (await range(key)).kvs[0]?.value;
      return value && Buffer.from(value, "base64").toString();
    },

    async delete(key: string): Promise<void> {
      await call("kv/deleterange", { key: base64(key) });
    },

    async leaseOf(key: string): Promise<string | undefined> {
      return (await range(key)).kvs[0]?.lease;
    },

    async revokeLeaseOf(key: string): Promise<void> {
      await call("lease/revoke", { ID: (await range(key)).kvs[0]?.lease });
    },

    /**
     * Has etcd ask for a user from now on: `root`, who may do all, and one who may read and write below `/services/`.
     * The gateway itself, which names no user, is refused after it.
     */
    async enableAuth({ name, password }: { readonly name: string; readonly password: string }): Promise<void> {
      const [key, range_end] = [base64("/services/"), base64("/services0")];
      await call("auth/role/add", { name: "registry" });
      await call("auth/role/grant", { name: "registry", perm: { permType: "READWRITE", key, range_end } });
      await call("auth/user/add", { name, password });
      await call("auth/user/grant", { user: name, role: "registry" });
      await call("auth/role/add", { name: "root" });
      await call("auth/user/add", { name: "root", password });
      await call("auth/user/grant", { user: "root", role: "root" });
      await call("auth/enable", {});
    },

    /** Forgets all revisions before the present one. */
    async compact(): Promise<void> {
      const { header } = await range("/");
      await call("kv/compaction", { revision: header.revision, physical: true });
    },
  };
}
