import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { connectCalls } from "./connect-calls.ts";
import { readTask } from "./control.ts";
import { clientTask } from "./messages.ts";
import { runClient } from "./run-client.ts";

const { address } = clientTask.parse(readTask());
const sessionManager = new Http2SessionManager(`http://${address}`);
await runClient(connectCalls(createGrpcTransport({ baseUrl: `http://${address}`, sessionManager })));
sessionManager.abort();
