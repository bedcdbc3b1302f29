import { ServiceBroker } from "moleculer";
import { readTask } from "../../src/transports/programs/control.ts";
import { runClient } from "../../src/transports/programs/run-client.ts";
import { transporter } from "./transporter.mjs";

const discoveryMs = 30_000;

const { address } = readTask();
const broker = new ServiceBroker({ nodeID: "client", logger: false, transporter: transporter(address, "client") });
await broker.start();
await broker.waitForServices("bench", discoveryMs, 100);
await runClient({
  get: (userId) => broker.call("bench.get", { userId }),
  async echo(payload) {
    const answer = await broker.call("bench.echo", { payload: Buffer.from(payload).toString("base64") });
    return Buffer.from(answer.payload, "base64");
  },
});
await broker.stop();
