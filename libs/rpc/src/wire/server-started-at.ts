/** The response header in which grpc.health.v1 tells when the process began to serve, in ISO 8601 and UTC. */
export const serverStartedAtHeader = "server-started-at";

/** When the server that sent these headers began to serve, by its own clock; undefined when they do not tell. */
export function serverStartedAt(headers: Headers): Date | undefined {
  const text = headers.get(serverStartedAtHeader);
  const date = new Date(text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
