/** As many operations as etcd takes in one transaction, by default. */
const maxOperations = 128;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/**
 * Writes to etcd past the registry, through the JSON gateway.
 *
 * @see https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
 */
export function etcdGateway(endpoint: string) {
  const call = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${endpoint}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
  };
  const keyValue = ([key, value]: readonly [string, string]) => ({ key: base64(key), value: base64(value) });

  return {
    put: (key: string, value: string): Promise<void> => call("put", keyValue([key, value])),
    delete: (key: string): Promise<void> => call("deleterange", { key: base64(key) }),

    /** Writes them all, as many at a time as etcd takes. */
    async fill(entries: readonly (readonly [key: string, value: string])[]): Promise<void> {
      for (let i = 0; i < entries.length; i += maxOperations) {
        const success = entries.slice(i, i + maxOperations).map((entry) => ({ requestPut: keyValue(entry) }));
        await call("txn", { success });
      }
    },
  };
}
