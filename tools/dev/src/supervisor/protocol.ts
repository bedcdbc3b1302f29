/** One JSON value a line, both ways, over the control socket. */
export const protocolVersion = 1;

/** What a client asks. `etcd` and `database` start what they need; `leave` gives up the client's claim on it. */
export type Request =
  | { readonly ask: "etcd"; readonly id: number }
  | { readonly ask: "database"; readonly id: number; readonly name: string }
  | { readonly ask: "leave" };

/** Something that runs: its address and the version it reports. */
export interface Reached {
  readonly url: string;
  readonly version: string;
}

/** What the supervisor tells. */
export type Message =
  | { readonly tell: "hello"; readonly protocol: number }
  | { readonly tell: "progress"; readonly line: string }
  | { readonly tell: "reached"; readonly id: number; readonly reached: Reached }
  | { readonly tell: "failed"; readonly id: number; readonly reason: string }
  | { readonly tell: "lost"; readonly reason: string };

export function encodeLine(value: Request | Message): string {
  return `${JSON.stringify(value)}\n`;
}

/** Reads a request; undefined for a line that is none. */
export function decodeRequest(line: string): Request | undefined {
  const fields = decodeFields(line);
  const { ask, id, name } = fields;
  if (ask === "leave") return { ask };
  if (ask === "etcd" && typeof id === "number") return { ask, id };
  if (ask === "database" && typeof id === "number" && typeof name === "string") return { ask, id, name };
  return undefined;
}

/** Reads what the supervisor told; undefined for a line that is nothing of it. */
export function decodeMessage(line: string): Message | undefined {
  const { tell, id, protocol, line: text, reason, reached } = decodeFields(line);
  if (tell === "hello" && typeof protocol === "number") return { tell, protocol };
  if (tell === "progress" && typeof text === "string") return { tell, line: text };
  if (tell === "lost" && typeof reason === "string") return { tell, reason };
  if (tell === "failed" && typeof id === "number" && typeof reason === "string") return { tell, id, reason };
  if (tell === "reached" && typeof id === "number" && isReached(reached)) return { tell, id, reached };
  return undefined;
}

function isReached(value: unknown): value is Reached {
  const { url, version } = fieldsOf(value);
  return typeof url === "string" && typeof version === "string";
}

function decodeFields(line: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
