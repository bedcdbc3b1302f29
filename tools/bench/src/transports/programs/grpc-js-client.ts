import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import type { Calls } from "./calls.ts";
import { readTask } from "./control.ts";
import { grpcJsService, methodOf, type ClientMethod } from "./grpc-js-contract.ts";
import { clientTask } from "./messages.ts";
import { runClient } from "./run-client.ts";

const { address } = clientTask.parse(readTask());
const client = new Client(address, credentials.createInsecure());
const users = grpcJsService("user.v1.UserService");
const bench = grpcJsService("bench.v1.BenchService");

interface User {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}
interface Numbered {
  readonly number: number;
}
const isUser = (message: object): message is User => "userId" in message && "name" in message && "email" in message;
const isPayload = (message: object): message is { payload: Buffer } => "payload" in message;
const isNumbered = (message: object): message is Numbered => "number" in message;
const getUser = methodOf(users, "GetUser", isUser);
const echo = methodOf(bench, "Echo", isPayload);
const list = methodOf(bench, "List", isNumbered);
const chat = methodOf(bench, "Chat", isNumbered);

const calls: Calls = {
  get: (userId) => unary(getUser, { userId }),
  echo: async (payload) => (await unary(echo, { payload })).payload,
  list(count, onNumber) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    client
      .makeServerStreamRequest(list.path, list.serialize, list.deserialize, { count })
      .on("data", ({ number }: Numbered) => onNumber(number))
      .on("error", reject)
      .on("end", resolve);
    return promise;
  },
  chat() {
    const stream = client.makeBidiStreamRequest(chat.path, chat.serialize, chat.deserialize);
    let answered = Promise.withResolvers<number>();
    stream.on("data", ({ number }: Numbered) => answered.resolve(number));
    stream.on("error", (error: Error) => answered.reject(error));
    return {
      turn(number) {
        answered = Promise.withResolvers();
        stream.write({ number });
        return answered.promise;
      },
      close: () => stream.end(),
    };
  },
};

function unary<Response extends object>(method: ClientMethod<Response>, request: object): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const settle = (error: ServiceError | null, value?: Response): void => {
    if (error === null && value !== undefined) resolve(value);
    else reject(error ?? new Error("neither an answer nor an error"));
  };
  client.makeUnaryRequest(method.path, method.serialize, method.deserialize, request, settle);
  return promise;
}

await runClient(calls);
client.close();
