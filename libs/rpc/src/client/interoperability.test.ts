import { GetUserResponseSchema, UserService } from "@banyan/stubs-user";
import {
  Health,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "@banyan/stubs-standard/health";
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { engines } from "../engine.ts";
import { http2Transport } from "./http2-transport.ts";

const { getUser } = UserService.method;
const { watch } = Health.method;

function encoder<T extends DescMessage>(desc: T): (message: MessageInitShape<T>) => Buffer {
  return (message) => Buffer.from(toBinary(desc, create(desc, message)));
}

function definitionOf<I extends DescMessage, O extends DescMessage>(method: DescMethod & { input: I; output: O }) {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
    responseStream: method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
    requestSerialize: encoder(method.input),
    requestDeserialize: (bytes: Buffer) => fromBinary(method.input, bytes),
    responseSerialize: encoder(method.output),
    responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
  };
}

/** A server of @grpc/grpc-js: it answers by the user's id, and sends three statuses to who watches. */
async function openGrpcServer() {
  const server = new Server();
  server.addService(
    { getUser: definitionOf(getUser), watch: definitionOf(watch) },
    {
      getUser({ request, metadata }: ServerUnaryCall<{ userId: string }, unknown>, answer: sendUnaryData<unknown>) {
        const trailer = new Metadata();
        trailer.set("x-echo-bin", metadata.get("x-own-bin")[0] ?? Buffer.alloc(0));
        if (request.userId === "") answer({ code: status.NOT_FOUND, details: "nobody: ä", metadata: trailer }, null);
        else answer(null, create(GetUserResponseSchema, { userId: request.userId, name: "Ada" }), trailer);
      },
      watch(call: ServerWritableStream<unknown, unknown>) {
        for (const answer of [Status.SERVING, Status.NOT_SERVING, Status.SERVING])
          call.write(create(HealthCheckResponseSchema, { status: answer }));
        call.end();
      },
    },
  );
  const bound = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error === null) bound.resolve(port);
    else bound.reject(error);
  });
  return {
    address: `127.0.0.1:${await bound.promise}`,
    [Symbol.dispose]: () => server.forceShutdown(),
  };
}

describe.each(engines)("a client by %s and a server of @grpc/grpc-js", (engine) => {
  it("make unary calls, with binary metadata and errors", async () => {
    using server = await openGrpcServer();
    await using transport = http2Transport(server.address, { engine });
    const users = createClient(UserService, transport);
    const echoed: (string | null)[] = [];
    const options = {
      headers: { "x-own-bin": "AAEC" },
      onTrailer: (trailer: Headers) => void echoed.push(trailer.get("x-echo-bin")),
    };
    expect(await users.getUser({ userId: "7" }, options)).toMatchObject({ userId: "7", name: "Ada" });
    expect(echoed).toEqual(["AAEC"]);
    await expect(users.getUser({}, options)).rejects.toMatchObject({ code: Code.NotFound, rawMessage: "nobody: ä" });
  });

  it("make many calls at once, and stream", async () => {
    using server = await openGrpcServer();
    await using transport = http2Transport(server.address, { engine });
    const users = createClient(UserService, transport);
    const ids = Array.from({ length: 500 }, (_, at) => String(at + 1));
    const answers = await Promise.all(ids.map((userId) => users.getUser({ userId })));
    expect(answers.map(({ userId }) => userId)).toEqual(ids);
    const statuses = await Array.fromAsync(createClient(Health, transport).watch({}), (answer) => answer.status);
    expect(statuses).toEqual([1, 2, 1]);
  });
});
