import { z } from "zod";
import { chainLinks } from "../chain-links.ts";

/** What a server program finds as JSON in its first argument. */
export const serverTask = z.object({
  /** PEM files; where there are some, a second port speaks TLS. */
  tls: z.object({ certFile: z.string(), keyFile: z.string() }).optional(),
  /** How much of the platform's chain stands before the handlers; for our own server alone. */
  chain: z.enum(chainLinks).optional(),
  /** Takes traces by OTLP over HTTP; for our own programs alone. */
  collector: z.string().optional(),
});
export type ServerTask = z.infer<typeof serverTask>;

/** A server says this once, when it serves: `host:port` without and with TLS. */
export const servingMessage = z.object({ address: z.string(), tlsAddress: z.string().optional() });
export type ServingMessage = z.infer<typeof servingMessage>;

/** Asks a server to collect its garbage and answer with a `memoryMessage`. */
export const memoryCommand = "memory";
/** The resident set of the process, in bytes. */
export const memoryMessage = z.object({ rssBytes: z.number() });

/** What a client program finds as JSON in its first argument. */
export const clientTask = z.object({
  address: z.string(),
  chain: z.enum(chainLinks).optional(),
  collector: z.string().optional(),
});
export type ClientTask = z.infer<typeof clientTask>;

/** What is called: user.v1.UserService/GetUser, or a method of bench.v1.BenchService. */
export const callKinds = ["get", "echo", "list", "chat"] as const;
export type CallKind = (typeof callKinds)[number];

/** A client makes calls for a while, and answers with a `loadResult`. */
export const loadTask = z.object({
  kind: z.enum(callKinds),
  /** Calls at a time, all on one connection; for `chat` streams at a time. */
  inFlight: z.number(),
  /** How long calls are begun; those under way then are finished. */
  ms: z.number(),
  /** Ends it earlier, for a check. */
  atMost: z.number().optional(),
  /** Of an `echo`. */
  payloadBytes: z.number(),
  /** Of a `list`. */
  messages: z.number(),
});
export type LoadTask = z.infer<typeof loadTask>;

export const latencies = z.object({ p50: z.number(), p99: z.number(), p999: z.number() });
/** In microseconds. */
export type Latencies = z.infer<typeof latencies>;

export const loadResult = z.object({
  /** Calls that were answered right; of a `chat`, messages that were. */
  succeeded: z.number(),
  /** Calls that failed, or whose answer was another than the right one. */
  failed: z.number(),
  /** What the first of them said. */
  failure: z.string().optional(),
  elapsedMs: z.number(),
  /** Of a call; of a `chat`, from a message to its answer. Nothing when none succeeded. */
  micros: latencies.optional(),
});
export type LoadResult = z.infer<typeof loadResult>;
