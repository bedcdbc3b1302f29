/** Writes a key without a lease, as a stranger might, through etcd's JSON gateway. */
export async function putKey(endpoint: string, key: string, value: string | Uint8Array): Promise<void> {
  const [encodedKey, encodedValue] = [key, value].map((bytes) => Buffer.from(bytes).toString("base64"));
  const response = await fetch(`${endpoint}/v3/kv/put`, {
    method: "POST",
    body: JSON.stringify({ key: encodedKey, value: encodedValue }),
  });
  if (!response.ok) throw new Error(`etcd did not put ${key}: ${await response.text()}`);
}
