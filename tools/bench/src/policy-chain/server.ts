import { once } from "node:events";
import { serve } from "@banyan/rpc";
import { UserService } from "@banyan/stubs-user";
import { createLogger } from "@banyan/telemetry";
import { serverTask } from "./messages.ts";

/** A server of the bench `policy-chain`: answers at once, so that what is measured is the way there and back. */
const { limited } = serverTask.parse(JSON.parse(process.argv[2] ?? ""));
const disconnected = once(process, "disconnect");
let calls = 0;

await using server = await serve({
  name: "bench",
  HOST: "127.0.0.1",
  PORT: 0,
  log: createLogger("bench", { LOG_LEVEL: "silent", LOG_FORMAT: "json" }),
  routes: (router) =>
    router.service(UserService, {
      getUser({ userId }) {
        calls++;
        return { userId, name: "Ada Lovelace", email: "ada@example.org" };
      },
    }),
  healthy: async () => undefined,
  // A connection that came of age would be replaced in the midst of a round.
  limits: { maxConnectionAgeMs: 86_400_000 },
  ...(!limited && { concurrency: false }),
});

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ calls, cpuMicros: user + system });
});
process.send?.({ address: server.address });
await disconnected;
