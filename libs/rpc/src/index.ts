export { balancedTransport, type BalancedTransportOptions } from "./client/balanced-transport.ts";
export { retryDelayOf } from "./client/call-outcome.ts";
export type { ClientTls } from "./client/client-tls.ts";
export { clientEnvironment, readClientTls, type ClientConfig } from "./client/environment.ts";
export { askHealth, healthProbe, type HealthAnswer, type HealthProbeOptions } from "./client/health-probe.ts";
export type {
  ConnectionOptions,
  Http2Transport,
  Http2TransportOptions,
  ProtocolOptions,
  TlsOptions,
} from "./client/transport-options.ts";
export type { DiscoveredInstance, Discovery } from "./client/discovery.ts";
export { http2Transport } from "./client/http2-transport.ts";
export { tellEnd } from "./client/stream-end.ts";
export { isNotProcessed } from "./client/not-processed-error.ts";
export { defaultEngine, engines, type Engine } from "./engine.ts";
export { serverEnvironment, type ServerConfig } from "./server/environment.ts";
export { defaultLimits, type Limits } from "./server/limits.ts";
export { serve, type ServeOptions, type Server } from "./server/serve.ts";
export type { TlsIdentity } from "./server/tls.ts";
export { adviceOf } from "./wire/advice.ts";
export { domainErrors, type DomainErrorsOptions } from "./wire/domain-errors.ts";
export {
  declaredReasonOf,
  errorReasonOf,
  type DeclaredReason,
  type DeclaredReasons,
  type ErrorReason,
} from "./wire/error-reason.ts";
export { codeOf, meaningOfStatus, type Advice } from "./wire/error-table.ts";
export { decodePageToken, encodePageToken } from "./wire/page-token.ts";
