import { join } from "node:path";
import type { ChainLink } from "./chain-links.ts";
import { peersFolder, programsFolder } from "./places.ts";
import type { CallKind } from "./programs/messages.ts";

/** A program of a peer: a module that Node runs, or what Go has compiled. */
export type PeerProgram = { readonly module: string } | { readonly go: "server" | "client" };

/** One that is compared. */
export interface Peer {
  /** As it is named on the command line. */
  readonly name: string;
  readonly words: string;
  readonly server: PeerProgram;
  readonly client?: PeerProgram;
  /** What its server answers. */
  readonly kinds: readonly CallKind[];
  /** Whether it speaks gRPC, so that a neutral load can ask it. */
  readonly isGrpc: boolean;
  /** Packages whose versions are told; none for what is ours. */
  readonly packages: readonly string[];
  /** Where it comes from: the workspace, a lock file of its own, or Debian's packages of Go. */
  readonly from: "workspace" | "peers" | "go";
  /** Of ours: how much of the chain it has. */
  readonly chain?: ChainLink;
}

const all: readonly CallKind[] = ["get", "echo", "list", "chat"];
const program = (name: string): PeerProgram => ({ module: join(programsFolder, `${name}.ts`) });
const framework = (path: string): PeerProgram => ({ module: join(peersFolder, path) });

/** What every other one is compared with. */
export const baseName = "connect-node";

export const peers: readonly Peer[] = [
  {
    ...ours("transport"),
    name: "banyan",
    words: "banyan, transport alone",
  },
  {
    ...ours("traces"),
    name: "banyan-chain",
    words: "banyan, full chain",
  },
  {
    name: baseName,
    words: "connect-node",
    server: program("connect-node-server"),
    client: program("connect-node-client"),
    kinds: all,
    isGrpc: true,
    packages: ["@connectrpc/connect-node"],
    from: "workspace",
  },
  {
    name: "node-http2",
    words: "node:http2, no framework",
    server: program("node-http2-server"),
    kinds: ["get", "echo"],
    isGrpc: true,
    packages: [],
    from: "workspace",
  },
  {
    name: "grpc-js",
    words: "grpc-js",
    server: program("grpc-js-server"),
    client: program("grpc-js-client"),
    kinds: all,
    isGrpc: true,
    packages: ["@grpc/grpc-js", "@grpc/proto-loader"],
    from: "workspace",
  },
  {
    name: "nestjs",
    words: "NestJS, gRPC",
    server: framework("nestjs/server.mjs"),
    client: framework("nestjs/client.mjs"),
    kinds: all,
    isGrpc: true,
    packages: ["@nestjs/core", "@nestjs/microservices"],
    from: "peers",
  },
  {
    name: "moleculer",
    words: "Moleculer, TCP and JSON",
    server: framework("moleculer/server.mjs"),
    client: framework("moleculer/client.mjs"),
    kinds: ["get", "echo"],
    isGrpc: false,
    packages: ["moleculer"],
    from: "peers",
  },
  {
    name: "grpc-go",
    words: "grpc-go",
    server: { go: "server" },
    client: { go: "client" },
    kinds: all,
    isGrpc: true,
    packages: [],
    from: "go",
  },
];

/** Our server and client with the chain as far as `chain`. */
export function ours(chain: ChainLink): Omit<Peer, "name" | "words"> {
  return {
    server: program("banyan-server"),
    client: program("banyan-client"),
    kinds: all,
    isGrpc: true,
    packages: [],
    from: "workspace",
    chain,
  };
}
