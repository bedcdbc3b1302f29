import type { Server } from "node:https";
import { repeat } from "@banyan/service";
import type { Logger } from "@banyan/telemetry";
import { readTlsIdentity, type TlsConfig, type TlsIdentity } from "./tls.ts";

export interface TlsRenewalOptions {
  /** Where the files are. */
  readonly config: TlsConfig;
  /** What they held when the server began. */
  readonly identity: TlsIdentity;
  readonly log: Logger;
  /** How often they are read, in milliseconds. Default 30000. */
  readonly everyMs?: number;
}

/**
 * Serves new connections with what the files of the certificate and its key hold now: whoever renews it need not tell
 * anybody. What cannot be read, or does not match, is a warning, and the last good pair goes on.
 */
export function renewTls(server: Server, options: TlsRenewalOptions): AsyncDisposable {
  const { config, identity, log, everyMs = 30_000 } = options;
  let current = identity;
  let complaint: string | undefined;
  const look = async (): Promise<void> => {
    const read = await readTlsIdentity(config);
    complaint = undefined;
    if (read === undefined || isSame(read, current)) return;
    server.setSecureContext(read);
    current = read;
    log.info("the certificate was renewed");
  };
  const onFailure = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== complaint) log.warn({ reason }, "the certificate cannot be renewed");
    complaint = reason;
  };
  return repeat(look, { everyMs, onFailure });
}

function isSame(left: TlsIdentity, right: TlsIdentity): boolean {
  return String(left.cert) === String(right.cert) && String(left.key) === String(right.key);
}
