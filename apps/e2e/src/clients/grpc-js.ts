import { StatusSchema } from "@banyan/stubs-standard/status";
import { BadRequestSchema, ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Client, credentials, status, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { protoFolder, standardProtoFolder } from "../platform/paths.ts";

/** One service as the official gRPC client for Node sees it, from the `.proto` files alone. */
export interface GrpcJsClient extends Disposable {
  /** Rejects with a `ServiceError`. */
  unary(method: string, request: object, options?: GrpcJsOptions): Promise<object>;
  serverStream(method: string, request: object, options?: GrpcJsOptions): AsyncIterable<object>;
  /** Sends bytes as they are, whatever they mean, and answers the bytes of the answer. */
  raw(method: string, request: Buffer): Promise<Buffer>;
}

export interface GrpcJsOptions {
  /** Default 10 s. */
  readonly deadlineMs?: number;
  readonly metadata?: Metadata;
}

/**
 * @param proto path of the file, as in `user/v1/user.proto`
 * @param service its full name, as in `user.v1.UserService`
 */
export function openGrpcJs(address: string, proto: string, service: string): GrpcJsClient {
  const definition = loadSync(proto, {
    includeDirs: [protoFolder, standardProtoFolder],
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
  })[service];
  if (definition === undefined || "format" in definition) throw new Error(`${proto} has no service ${service}`);
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const within = ({ deadlineMs = 10_000 }: GrpcJsOptions) => ({ deadline: Date.now() + deadlineMs });
  return {
    unary(method, request, options = {}) {
      const { path, requestSerialize, responseDeserialize } = methodOf(definition, method);
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      const done = settle(resolve, reject);
      const call = [path, requestSerialize, responseDeserialize, request] as const;
      if (options.metadata === undefined) client.makeUnaryRequest(...call, within(options), done);
      else client.makeUnaryRequest(...call, options.metadata, within(options), done);
      return promise;
    },
    async *serverStream(method, request, options = {}) {
      const { path, requestSerialize, responseDeserialize } = methodOf(definition, method);
      yield* client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, within(options));
    },
    raw(method, request) {
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      const asIs = (bytes: Buffer): Buffer => bytes;
      const { path } = methodOf(definition, method);
      client.makeUnaryRequest(path, asIs, asIs, request, within({}), settle(resolve, reject));
      return promise;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function methodOf(definition: ServiceDefinition, name: string): MethodDefinition<object, object> {
  const method = definition[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

function settle<T>(resolve: (value: T) => void, reject: (error: Error) => void) {
  return (error: ServiceError | null, value?: T): void => {
    if (error === null && value !== undefined) resolve(value);
    else reject(error ?? new Error("neither an answer nor an error"));
  };
}

/** A refusal as grpc-js has it: the status's name and what the binary trailer `grpc-status-details-bin` says. */
export interface GrpcJsRefusal {
  /** As gRPC spells it: `INVALID_ARGUMENT`. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly fields: readonly string[] | undefined;
}

/** @throws {Error} what was thrown, when it is no status of a call */
export function readGrpcJsError(error: unknown): GrpcJsRefusal {
  if (!isServiceError(error)) throw error;
  const [trailer] = error.metadata.get("grpc-status-details-bin");
  const details = trailer instanceof Buffer ? fromBinary(StatusSchema, trailer).details : [];
  const find = <Desc extends DescMessage>(schema: Desc): MessageShape<Desc> | undefined =>
    details.map((any) => anyUnpack(any, schema)).find((message) => message !== undefined);
  return {
    code: status[error.code],
    reason: find(ErrorInfoSchema)?.reason,
    fields: find(BadRequestSchema)?.fieldViolations.map(({ field }) => field),
  };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error && "details" in error;
}
