// Makes one call to the address it is given, by the engine it is given, and ends without closing anything.
import { UserService } from "@banyan/stubs-user";
import { createClient } from "@connectrpc/connect";
import { balancedTransport } from "../client/balanced-transport.ts";
import { testDiscovery } from "./test-discovery.ts";

const engine = process.argv[3] === "http2" ? "http2" : "connect-node";
const transport = balancedTransport(testDiscovery(process.argv[2] ?? ""), { name: "user", engine });
const user = await createClient(UserService, transport).getUser({ userId: "7" });
process.stdout.write(`${user.userId}\n`);
