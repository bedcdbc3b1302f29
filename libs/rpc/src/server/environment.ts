import { integer, oneOf } from "@banyan/service";
import { z } from "zod";
import { engines, type Engine } from "../engine.ts";
import type { TlsConfig } from "./tls.ts";

/** The variables that `serve` reads. */
export interface ServerConfig extends TlsConfig {
  /**
   * The host to listen on: a name or an IP address. Default: all interfaces (`::`, or `0.0.0.0` on machines without
   * IPv6), and `localhost` in development.
   */
  readonly HOST?: string | undefined;
  /** The port for callers, in [0, 65535]; 0 takes a free one. */
  readonly PORT: number;
  /** The private port for probes and metrics, in [0, 65535]. Default: PORT + 1000, or a free one where PORT is 0. */
  readonly ADMIN_PORT?: number | undefined;
  /** Default: `production`. */
  readonly BANYAN_ENV?: "development" | "production" | undefined;
  /** What speaks HTTP/2: `http2`, our own connections, or `connect-node`. Default: `defaultEngine`. */
  readonly RPC_TRANSPORT?: Engine | undefined;
}

/**
 * The shape of `ServerConfig` in a service's environment.
 *
 * @param defaults.port the service's own port
 */
export function serverEnvironment({ port }: { readonly port: number }) {
  return {
    HOST: z.string().optional(),
    PORT: integer({ min: 0, max: 65_535 }).default(port),
    ADMIN_PORT: integer({ min: 0, max: 65_535 }).optional(),
    BANYAN_ENV: oneOf("development", "production").default("production"),
    RPC_TRANSPORT: oneOf(...engines).optional(),
    TLS_CERT_FILE: z.string().optional(),
    TLS_KEY_FILE: z.string().optional(),
  };
}
