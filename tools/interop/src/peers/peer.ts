import type { Finding } from "../finding.ts";
import type { Services } from "./services.ts";

/** A program that shares no HTTP/2 with us, and calls our services. */
export interface Peer {
  readonly name: string;
  /** Finds it, or fetches it. */
  open(): Promise<OpenPeer | Absence>;
}

export interface OpenPeer {
  /** Of the program and of what it speaks HTTP/2 with. */
  readonly version: string;
  /** Calls, and tells what came back. @throws {Error} when it does not run to its end */
  prove(services: Services): Promise<readonly Finding[]>;
}

/** Why it is not here. */
export interface Absence {
  readonly absent: string;
}
