import { once } from "node:events";
import { StatusSchema } from "@banyan/stubs-standard/status";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";
import { unknownUserId, requestIdHeader } from "../account.ts";
import { protoFolders } from "../descriptors.ts";

/** A server of user.v1 and of health that is not ours. Disposal ends it with the calls under way. */
export interface ForeignServer extends Disposable {
  /** `host:port`. */
  readonly address: string;
}

/** A user id that gets no answer. */
export const silentUserId = "silent";
/** How many messages a watch of health sends before it ends. */
export const watchMessages = 1000;
/** What refusals say: with details for an unknown user id, and without for an empty one. */
export const refusalMessage = "100 % none: Λ";
/** The length of every user's name, in bytes. */
export const nameBytes = 1 << 20;

const name = "n".repeat(nameBytes);

/** Starts gRPC's own server for Node. CreateUser answers the length of the name in place of an id. */
export async function startGrpcJsServer(): Promise<ForeignServer> {
  const server = new Server();
  server.addService(definitionOf("user/v1/user.proto", "user.v1.UserService"), users);
  server.addService(definitionOf("grpc/health/v1/health.proto", "grpc.health.v1.Health"), health);
  const bound = Promise.withResolvers<number>();
  server.bindAsync("localhost:0", ServerCredentials.createInsecure(), (error, port) =>
    error === null ? bound.resolve(port) : bound.reject(error),
  );
  return { address: `localhost:${await bound.promise}`, [Symbol.dispose]: () => server.forceShutdown() };
}

interface User {
  readonly user_id: string;
  readonly name: string;
}

const users: UntypedServiceImplementation = {
  GetUser(call: ServerUnaryCall<User, User>, answer: sendUnaryData<User>) {
    const { user_id } = call.request;
    const headers = new Metadata();
    for (const value of call.metadata.get(requestIdHeader)) headers.set(requestIdHeader, value);
    call.sendMetadata(headers);
    if (user_id === unknownUserId) answer({ code: status.NOT_FOUND, details: refusalMessage, metadata: notFound() });
    else if (user_id === "") answer({ code: status.INVALID_ARGUMENT, details: refusalMessage });
    else if (user_id !== silentUserId) answer(null, { user_id, name });
  },
  CreateUser(call: ServerUnaryCall<User, object>, answer: sendUnaryData<object>) {
    answer(null, { user_id: String(call.request.name.length), success: true });
  },
};

const health: UntypedServiceImplementation = {
  Check(_: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) {
    answer(null, { status: "SERVING" });
  },
  async Watch(call: ServerWritableStream<object, object>) {
    for (let sent = 0; sent < watchMessages; sent++) {
      if (!call.write({ status: "SERVING" })) await once(call, "drain");
    }
    call.end();
  },
};

function notFound(): Metadata {
  const info = create(ErrorInfoSchema, { reason: "USER_NOT_FOUND", domain: "user.banyan" });
  const message = create(StatusSchema, {
    code: status.NOT_FOUND,
    message: refusalMessage,
    details: [anyPack(ErrorInfoSchema, info)],
  });
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(toBinary(StatusSchema, message)));
  return metadata;
}

function definitionOf(proto: string, service: string): ServiceDefinition {
  const options = { includeDirs: [...protoFolders], keepCase: true, enums: String, defaults: true };
  const definition = loadSync(proto, options)[service];
  if (definition === undefined || "format" in definition) throw new Error(`${proto} has no ${service}`);
  return definition;
}
