import type { Row } from "../conformance-case.ts";
import { call, metadata, one } from "../scripted-call.ts";

const get: Row = {
  suite: "Connect with GET",
  feature: "GET for a method without side effects",
  protocols: ["Connect"],
  only: { compression: "identity" },
  cases: [call("success", "unary", { ...metadata, responses: one }, { method: "idempotentUnary" })],
  server: "yes",
  client: { no: "the client makes every call by POST" },
};

const clientCertificates: Row = {
  suite: "TLS Client Certs",
  feature: "callers prove who they are",
  cases: [call("client-stream", "client-stream", { ...metadata, responses: one }, { certificate: true })],
  server: { no: "`serve({ tls })` asks callers for none" },
  client: "yes",
};

/** Ways to call that not everybody has. */
export const wayRows: readonly Row[] = [get, clientCertificates];
