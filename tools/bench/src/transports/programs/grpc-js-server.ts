import { readFileSync } from "node:fs";
import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { user } from "./calls.ts";
import { readTask } from "./control.ts";
import { grpcJsService } from "./grpc-js-contract.ts";
import { serverTask } from "./messages.ts";
import { runServer } from "./run-server.ts";

/** @grpc/grpc-js with what @grpc/proto-loader makes of the contracts. */
const { tls } = serverTask.parse(readTask());
const server = new Server();

server.addService(grpcJsService("user.v1.UserService"), {
  getUser({ request }: ServerUnaryCall<{ userId: string }, object>, respond: sendUnaryData<object>) {
    respond(null, { userId: request.userId, name: user.name, email: user.email });
  },
});
server.addService(grpcJsService("bench.v1.BenchService"), {
  echo({ request }: ServerUnaryCall<{ payload: Buffer }, object>, respond: sendUnaryData<object>) {
    respond(null, { payload: request.payload });
  },
  list(call: ServerWritableStream<{ count: number }, object>) {
    let number = 0;
    const writeOn = (): void => {
      while (number < call.request.count) {
        if (!call.write({ number: number++, name: user.name })) return void call.once("drain", writeOn);
      }
      call.end();
    };
    writeOn();
  },
  chat(call: ServerDuplexStream<{ number: number }, object>) {
    call.on("data", ({ number }: { number: number }) => call.write({ number }));
    call.on("end", () => call.end());
  },
});

async function bind(credentials: ServerCredentials): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
    if (error === null) resolve(`127.0.0.1:${port}`);
    else reject(error);
  });
  return promise;
}

const address = await bind(ServerCredentials.createInsecure());
const pair = tls && [{ private_key: readFileSync(tls.keyFile), cert_chain: readFileSync(tls.certFile) }];
const tlsAddress = pair && (await bind(ServerCredentials.createSsl(null, pair)));
await runServer({ address, ...(tlsAddress !== undefined && { tlsAddress }) });
server.forceShutdown();
