import type { CallKind } from "./programs/messages.ts";

/** What is called, how, and on which sides it is measured. */
export interface LoadCase {
  /** As it is named on the command line. */
  readonly name: string;
  readonly words: string;
  readonly kind: CallKind;
  /** What is counted. */
  readonly unit: "calls" | "messages" | "round trips";
  /** Of an `echo`. */
  readonly payloadBytes: number;
  /** Of a `list`. */
  readonly messages: number;
  /** The neutral load for servers: h2load, or a program that opens a connection for each call. */
  readonly server?: ServerLoad;
  /** Calls, or streams of a `chat`, that a library's own client has under way at a time, on one connection. */
  readonly pairInFlight?: number;
  /** What h2load sends beside gRPC's own, as in `grpc-timeout: 5S`. */
  readonly headers?: readonly string[];
}

export type ServerLoad =
  | { readonly by: "h2load"; readonly clients: number; readonly streams: number; readonly tls: boolean }
  | { readonly by: "connections"; readonly atATime: number };

const small = { kind: "get", unit: "calls", payloadBytes: 0, messages: 0 } as const;
const large = { kind: "echo", unit: "calls", payloadBytes: 64 * 1024, messages: 0 } as const;
const plain = { by: "h2load", tls: false } as const;
const secure = { by: "h2load", tls: true } as const;

export const loadCases: readonly LoadCase[] = [
  {
    name: "unary",
    words: "unary, small, 64 at a time",
    ...small,
    server: { ...plain, clients: 4, streams: 16 },
    pairInFlight: 64,
  },
  {
    name: "unary-64k",
    words: "unary, 64 KiB there and back, 16 at a time",
    ...large,
    server: { ...plain, clients: 4, streams: 4 },
    pairInFlight: 16,
  },
  {
    name: "streams",
    words: "unary, small, 1,000 at a time on one connection",
    ...small,
    server: { ...plain, clients: 1, streams: 1000 },
    pairInFlight: 1000,
  },
  {
    name: "server-stream",
    words: "server stream of 10,000 messages",
    kind: "list",
    unit: "messages",
    payloadBytes: 0,
    messages: 10_000,
    server: { ...plain, clients: 1, streams: 1 },
    pairInFlight: 1,
  },
  {
    name: "bidi",
    words: "ping-pong on 16 bidirectional streams",
    kind: "chat",
    unit: "round trips",
    payloadBytes: 0,
    messages: 0,
    pairInFlight: 16,
  },
  {
    name: "connections",
    words: "unary, small, a new connection for each call, 16 at a time",
    ...small,
    server: { by: "connections", atATime: 16 },
  },
  {
    name: "tls",
    words: "unary, small, by TLS, 64 at a time",
    ...small,
    server: { ...secure, clients: 4, streams: 16 },
  },
  {
    name: "tls-64k",
    words: "unary, 64 KiB there and back, by TLS, 16 at a time",
    ...large,
    server: { ...secure, clients: 4, streams: 4 },
  },
];

/**
 * What the chain of interceptors costs, link by link: our server in all its forms, beside connect-node without any. Every
 * call has a deadline, as those between services have.
 */
export const chainCase: LoadCase = {
  name: "chain",
  words: "unary, small, with a deadline, 64 at a time",
  ...small,
  server: { ...plain, clients: 4, streams: 16 },
  headers: ["grpc-timeout: 5S"],
};

/** What rests: connections, and streams on them. */
export const memoryCase = "memory";

export const caseNames: readonly string[] = [...loadCases.map(({ name }) => name), chainCase.name, memoryCase];
