import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { text } from "node:stream/consumers";
import { decodeJson, textAt } from "../json.ts";

/**
 * Stands in for a service in tests of what starts services: it announces itself in etcd, answers in the JSON form of the
 * Connect protocol, and logs its calls. `PEERS` names the other two as JSON, `MISHAP` what is to go wrong.
 */
export async function runStandIn(service: string): Promise<void> {
  const { ETCD_ENDPOINTS: etcd = "", INSTANCE_ID: instance = "", PORT: port = "0", MISHAP: mishap } = process.env;
  const peers = decodeJson(process.env["PEERS"] ?? "{}");
  const log = (level: string, msg: string, fields: object = {}): void => {
    process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), service, ...fields, msg })}\n`);
  };
  if (mishap === `${service} cannot start`) {
    process.stderr.write("DATABASE_URL: expected a URL\n");
    process.exitCode = 1;
    return;
  }

  const call = async (url: string, message: object, requestId = ""): Promise<unknown> => {
    const headers = { "content-type": "application/json", "x-request-id": requestId };
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify(message) })).json();
  };
  const answers: Record<string, (requestId: string) => Promise<object>> = {
    CreateUser: async () => ({ userId: "user-1", success: true }),
    PlaceOrder: async (requestId) => {
      await call(`http://${textAt(peers, "user")}/user.v1.UserService/GetUser`, {}, requestId);
      await call(`http://${textAt(peers, "inventory")}/inventory.v1.InventoryService/Reserve`, {}, requestId);
      await call(`http://${textAt(peers, "inventory")}/inventory.v1.InventoryService/Commit`, {}, requestId);
      const rejected = { state: "ORDER_STATE_REJECTED", rejectionReason: "REJECTION_REASON_OUT_OF_STOCK" };
      const confirmed = { state: "ORDER_STATE_CONFIRMED", total: { minorUnits: "3980", currency: "EUR" } };
      return { order: { orderId: "order-1", ...(mishap === "order is rejected" ? rejected : confirmed) } };
    },
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedAt = performance.now();
    const method = request.url?.slice(1) ?? "";
    const requestId = String(request.headers["x-request-id"]);
    await text(request);
    const answer = await answers[method.split("/")[1] ?? ""]?.(requestId);
    log("info", "call", { method, code: "ok", durationMs: performance.now() - startedAt, requestId });
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer ?? {}));
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(Number(port), "127.0.0.1");
  await once(server, "listening");

  const lease = textAt(await call(`${etcd}/v3/lease/grant`, { TTL: "10" }), "ID");
  const [key, value] = [btoa(`/services/${service}/${instance}`), btoa(`127.0.0.1:${port}`)];
  await call(`${etcd}/v3/kv/put`, { key, value, lease });
  log("warn", `serving on ${process.env["DATABASE_URL"]?.split("@")[0]?.split(":")[1]}`);

  const terminated = once(process, "SIGTERM");
  await (mishap === `${service} is deaf` ? new Promise<never>(() => undefined) : terminated);
  await call(`${etcd}/v3/lease/revoke`, { ID: lease });
  server.close();
  server.closeAllConnections();
}
