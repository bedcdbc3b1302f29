import type { Code } from "@connectrpc/connect";

export const protocols = ["gRPC", "gRPC-Web", "Connect"] as const;
export type Protocol = (typeof protocols)[number];

export const streams = ["unary", "server-stream", "client-stream", "half-duplex", "full-duplex"] as const;
export type StreamShape = (typeof streams)[number];

export interface Failure {
  /** The code that the suite wants, or any of those that it lets pass. */
  readonly code: Code | readonly Code[];
  /** Default: any. */
  readonly message?: string;
}

export interface Metadata {
  readonly name: string;
  readonly values: string[];
}

/** How a server is to answer; what is left out is empty. */
export interface Script {
  readonly headers?: Metadata[];
  readonly responses?: Uint8Array[];
  readonly failure?: { readonly code: Code; readonly message: string };
  readonly trailers?: Metadata[];
  readonly delayMs?: number;
  readonly fullDuplex?: boolean;
}

/** A call that is made by means of the script in its first request; both sides of it can be under test. */
export interface ScriptedCase {
  readonly kind: "scripted";
  /** As the suite calls it, as are those of the other kinds. */
  readonly name: string;
  readonly stream: StreamShape;
  /** Default: none is sent, so that the request is an empty message. */
  readonly script?: Script;
  /** How many requests are sent. Default 1. */
  readonly requests?: number;
  /** Default: a unary call is of the method `Unary`. */
  readonly method?: "idempotentUnary" | "unimplemented";
  readonly timeoutMs?: number;
  /** The caller proves who it is, by a certificate of TLS. Default false. */
  readonly certificate?: boolean;
  readonly cancel?: "before close-send" | "5 ms after close-send" | "after the first response";
  /** The sizes of the requests, beside the server's limit; the requests behind one that is too large are held back. */
  readonly beyondLimit?: readonly number[];
  /** What comes instead of what the script says: so many of its responses, and this failure. */
  readonly instead?: Failure & { readonly responses?: number };
}

/** A message in an envelope of gRPC, gRPC-Web or a Connect stream. */
export interface Enveloped {
  /** Default 0. */
  readonly flags?: number;
  readonly content: string | Uint8Array;
}

/** What is sent as it is; one value of a body is no envelope. */
export type RawBody = string | Uint8Array | readonly Enveloped[];

/** A client is under test, and gets this answer to its call. */
export interface AnswerCase {
  readonly kind: "answer";
  readonly name: string;
  readonly stream: StreamShape;
  readonly answer: {
    /** Default 200. */
    readonly status?: number;
    readonly headers: Readonly<Record<string, string | string[]>>;
    /** Default: none. */
    readonly body?: RawBody;
    /** Default: none, and the last frame of headers or data ends the stream. */
    readonly trailers?: Readonly<Record<string, string | string[]>>;
  };
  readonly expected: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly trailers?: Readonly<Record<string, string>>;
    /** The data of the responses. Default: none come. */
    readonly responses?: readonly string[];
    readonly failure?: Failure & { readonly detail?: boolean };
  };
}

/** A server is under test, and gets this request. */
export interface RequestCase {
  readonly kind: "request";
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly body?: RawBody;
  readonly expected: { readonly status?: number; readonly failure?: Failure; readonly responses?: readonly string[] };
}

/** One that neither of us can take. */
export interface NamedCase {
  readonly kind: "named";
  readonly name: string;
}

export type ConformanceCase = ScriptedCase | AnswerCase | RequestCase | NamedCase;

/**
 * `yes`: its cases are run; `none`: the suite has none for this side; anything else is why it is not as the suite has it, and
 * `found` what is wrong with each of its cases, where they are run to see that it still is.
 */
export type Verdict = "yes" | "none" | { readonly no: string; readonly found?: RegExp };

/** A feature that the suite has cases for, and who of us has it. */
export interface Row {
  /** As the suite calls itself. */
  readonly suite: string;
  readonly feature: string;
  /** Default: all three. */
  readonly protocols?: readonly Protocol[];
  /** What the suite confines the cases to. Default: both codecs, all compressions. */
  readonly only?: { readonly codec?: "proto"; readonly compression?: "identity" | "gzip" };
  readonly cases: readonly ConformanceCase[];
  readonly server: Verdict;
  readonly client: Verdict;
}
