import { ServiceBroker } from "moleculer";
import { user } from "../../src/transports/programs/calls.ts";
import { runServer } from "../../src/transports/programs/run-server.ts";
import { freeAddress } from "../free-address.mjs";
import { transporter } from "./transporter.mjs";

const address = await freeAddress();
const broker = new ServiceBroker({ nodeID: "server", logger: false, transporter: transporter(address, "server") });
broker.createService({
  name: "bench",
  actions: {
    get: ({ params: { userId } }) => ({ userId, name: user.name, email: user.email }),
    // Its serializer is JSON, which has no bytes.
    echo: ({ params: { payload } }) => ({ payload }),
  },
});
await broker.start();
await runServer({ address });
await broker.stop();
