import type { Absence } from "../peer.ts";

/** A server of interop.v1 that is not ours. Disposal ends it, whatever is under way. */
export interface ForeignServer extends AsyncDisposable {
  /** `host:port`, in cleartext. */
  readonly address: string;
  /** `host:port` where the server asks connections to end, by GOAWAY, when they are `connectionAgeMs` old. */
  readonly agingAddress: string;
  /** Stops it as its own documentation does: it takes no more calls, and answers those that are under way. */
  stop(): Promise<void>;
}

/** One kind of it. */
export interface ForeignServerKind {
  readonly name: string;
  readonly protocol: "grpc" | "connect";
  /** Whether it answers in gzip when it is asked to. */
  readonly hasGzip: boolean;
  /** Starts one, where it is here or can be fetched. */
  start(): Promise<ForeignServer | Absence>;
}

export const connectionAgeMs = 300;

/** What refusals say. */
export const refusalMessage = "100 % none: Λ";
