import type { Verdict } from "./conformance-case.ts";

/** What a call can be made with. The suite runs each case with all that a server or a client says that it has. */
export interface Feature {
  readonly name: string;
  readonly server: Verdict;
  readonly client: Verdict;
}

const both = { server: "yes", client: "yes" } as const;
const neither = (reason: string) => ({ server: { no: reason }, client: { no: reason } }) as const;

export const features = {
  HTTP: [
    { name: "HTTP/1.1", server: "yes", client: { no: "speaks HTTP/2 alone" } },
    { name: "HTTP/2", ...both },
    { name: "HTTP/3", ...neither("nor has Node") },
  ],
  protocol: [
    { name: "gRPC", ...both },
    { name: "gRPC-Web", server: "yes", client: { no: "is for browsers" } },
    { name: "Connect", ...both },
  ],
  codec: [
    { name: "proto", ...both },
    { name: "json", server: "yes", client: { no: "sends binary alone" } },
  ],
  compression: [
    { name: "identity", ...both },
    { name: "gzip", server: "yes", client: { no: "responses alone are" } },
    { name: "br", server: "yes", client: { no: "responses alone are" } },
    { name: "zstd", ...neither("Connect for Node does not offer it") },
    { name: "deflate", ...neither("Connect for Node does not offer it") },
    { name: "snappy", ...neither("Connect for Node does not offer it") },
  ],
  stream: [
    { name: "unary", ...both },
    { name: "server-stream", ...both },
    { name: "client-stream", ...both },
    { name: "half-duplex", ...both },
    { name: "full-duplex", ...both },
    {
      name: "half-duplex over HTTP/1.1",
      server: { no: "Connect for Node answers 505" },
      client: { no: "speaks HTTP/2 alone" },
    },
  ],
  connection: [
    { name: "cleartext", ...both },
    { name: "TLS", ...both },
  ],
} as const satisfies Readonly<Record<string, readonly Feature[]>>;

type Side = "server" | "client";

/** The names of those that a server, or a client, has. */
export function had<F extends Feature, S extends Side>(
  all: readonly F[],
  side: S,
): readonly Extract<F, Readonly<Record<S, "yes">>>["name"][] {
  const isHad = (feature: F): feature is Extract<F, Readonly<Record<S, "yes">>> => feature[side] === "yes";
  return all.filter(isHad).map(nameOf);
}

function nameOf<F extends Feature>({ name }: F): F["name"] {
  return name;
}
