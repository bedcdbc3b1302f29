import { join } from "node:path";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";

/** The folders that the `.proto` files are named from. */
export const protoFolders = ["../../../../../proto", "../../../proto"].map((path) => join(import.meta.dirname, path));

const files = ["user/v1/user.proto", "bench/v1/bench.proto"];
const loaded = loadSync(files, { includeDirs: protoFolders, keepCase: false, defaults: true });

/** A service as grpc-js is given it. */
export function grpcJsService(name: "user.v1.UserService" | "bench.v1.BenchService"): ServiceDefinition {
  const service = loaded[name];
  if (service === undefined || "format" in service) throw new Error(`the .proto files have no service ${name}`);
  return service;
}

/** A method as grpc-js's client is given it. */
export interface ClientMethod<Response extends object> {
  readonly path: string;
  readonly serialize: (request: object) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
}

/** @throws when the service has no such method @param isAnswer an answer of any other shape is refused */
export function methodOf<Response extends object>(
  service: ServiceDefinition,
  name: string,
  isAnswer: (message: object) => message is Response,
): ClientMethod<Response> {
  const method = service[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return {
    path: method.path,
    serialize: method.requestSerialize,
    deserialize(bytes) {
      const message = method.responseDeserialize(bytes);
      if (isAnswer(message)) return message;
      throw new Error(`${name} was answered with a message of another shape`);
    },
  };
}
