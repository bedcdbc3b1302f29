import { grpcGoServer } from "../grpc-go-server.ts";
import { grpcioServer } from "../grpcio-server.ts";
import { describeOwnClient } from "./own-client-suite.ts";

for (const kind of [grpcioServer, grpcGoServer]) describeOwnClient(kind);
