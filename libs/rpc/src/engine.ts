/** What speaks HTTP/2 below Connect: our own connections (@banyan/http2), or those of @connectrpc/connect-node. */
export const engines = ["http2", "connect-node"] as const;

export type Engine = (typeof engines)[number];

/** The engine of servers and clients that are told of none: the default of `RPC_TRANSPORT`. */
export const defaultEngine: Engine = "http2";
