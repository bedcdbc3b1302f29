import { connectNodeServers } from "../connect-node-server.ts";
import { grpcJsServer } from "../grpc-js-server.ts";
import { describeOwnClient } from "./own-client-suite.ts";

for (const kind of [...connectNodeServers, grpcJsServer]) describeOwnClient(kind);
