import { fromBinary, toBinary, type DescMessage, type DescService, type MessageShape } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerOptions, type ServiceDefinition } from "@grpc/grpc-js";
import { InteropService } from "../../gen/interop/v1/interop_pb.ts";
import { connectionAgeMs, type ForeignServer, type ForeignServerKind } from "./foreign-server.ts";
import { grpcJsService } from "./grpc-js-service.ts";

/** gRPC's own server for Node, on node:http2. */
export const grpcJsServer: ForeignServerKind = {
  name: "grpc-js",
  protocol: "grpc",
  hasGzip: false,
  async start(): Promise<ForeignServer> {
    const service = grpcJsService();
    const open = async (options: ServerOptions) => {
      const server = new Server(options);
      server.addService(definitionOf(InteropService), service);
      const bound = Promise.withResolvers<number>();
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error === null ? bound.resolve(port) : bound.reject(error),
      );
      return { server, address: `127.0.0.1:${await bound.promise}` };
    };
    const usual = await open({});
    const aging = await open({ "grpc.max_connection_age_ms": connectionAgeMs });
    return {
      address: usual.address,
      agingAddress: aging.address,
      async stop() {
        await Promise.all(
          [usual, aging].map(({ server }) => new Promise<void>((resolve) => server.tryShutdown(() => resolve()))),
        );
      },
      async [Symbol.asyncDispose]() {
        for (const { server } of [usual, aging]) server.forceShutdown();
      },
    };
  },
};

function definitionOf({ methods, typeName }: DescService): ServiceDefinition {
  const entries = methods.map(({ name, localName, methodKind, input, output }) => [
    localName,
    {
      path: `/${typeName}/${name}`,
      requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
      responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
      ...encodingOf("request", input),
      ...encodingOf("response", output),
    },
  ]);
  return Object.fromEntries(entries);
}

function encodingOf<T extends DescMessage>(name: string, message: T) {
  return {
    [`${name}Serialize`]: (value: MessageShape<T>) => Buffer.from(toBinary(message, value)),
    [`${name}Deserialize`]: (bytes: Buffer) => fromBinary(message, bytes),
  };
}
