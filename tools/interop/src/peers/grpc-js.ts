import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { StatusSchema } from "@banyan/stubs-standard/status";
import { fromBinary } from "@bufbuild/protobuf";
import { Client, credentials, type ChannelCredentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";
import { z } from "zod";
import { type Account, judge, longUser, newUser, requestId, requestIdHeader, unknownUserId } from "./account.ts";
import { protoFolders } from "./descriptors.ts";
import type { Peer } from "./peer.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const callMs = 20_000;
const lateMs = 300;

const created = z.object({ user_id: z.string() });
const read = z.object({ name: z.string() });
const manifest = z.object({ version: z.string() });

/** The official gRPC client for Node, on node:http2. */
export const grpcJs: Peer = {
  name: "grpc-js",
  async open() {
    const file = new URL(import.meta.resolve("@grpc/grpc-js/package.json"));
    const { version } = manifest.parse(JSON.parse(await readFile(file, "utf8")));
    return {
      version: `@grpc/grpc-js ${version}, nghttp2/${process.versions.nghttp2}`,
      async prove({ cleartext, tls, authorityFile }) {
        const trusted = credentials.createSsl(await readFile(authorityFile));
        return [
          ...judge("h2c", await callUsers(cleartext, credentials.createInsecure())),
          ...judge("TLS", await callUsers(tls, trusted)),
        ];
      },
    };
  },
};

async function callUsers(address: string, channel: ChannelCredentials): Promise<Account> {
  const users = methodsOf("user/v1/user.proto", "user.v1.UserService");
  const health = methodsOf("grpc/health/v1/health.proto", "grpc.health.v1.Health");
  const client = new Client(address, channel, { "grpc.use_local_subchannel_pool": 1 });
  try {
    const call = async (method: string, request: object) => {
      const { path, requestSerialize, responseDeserialize } = users(method);
      const metadata = new Metadata();
      metadata.set(requestIdHeader, requestId);
      metadata.set("x-custom-bin", Buffer.from([0, 255, 128]));
      const answer = Promise.withResolvers<object | undefined>();
      const deadline = Date.now() + callMs;
      const unary = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        { deadline },
        (error, value) => (error === null ? answer.resolve(value) : answer.reject(error)),
      );
      const headers = Promise.withResolvers<Metadata>();
      unary.once("metadata", headers.resolve);
      return { message: await answer.promise, headers: await headers.promise };
    };
    const watch = async (): Promise<void> => {
      const { path, requestSerialize, responseDeserialize } = health("Watch");
      const deadline = Date.now() + lateMs;
      const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {}, { deadline });
      await Array.fromAsync(stream);
    };
    const { user_id } = created.parse((await call("CreateUser", newUser(`${randomUUID()}@example.com`))).message);
    const user = await call("GetUser", { user_id });
    return {
      name: read.parse(user.message).name,
      requestId: user.headers.get(requestIdHeader).join(),
      unknownUser: await refusalBy(call("GetUser", { user_id: unknownUserId })),
      longName: await refusalBy(call("CreateUser", longUser())),
      late: await refusalBy(watch()),
    };
  } finally {
    client.close();
  }
}

function methodsOf(proto: string, service: string): (name: string) => MethodDefinition<object, object> {
  const definition = loadSync(proto, { includeDirs: [...protoFolders], keepCase: true, enums: String })[service];
  return (name) => {
    const method = definition === undefined || "format" in definition ? undefined : definition[name];
    if (method === undefined) throw new Error(`${proto} has no ${service}/${name}`);
    return method;
  };
}

async function refusalBy(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (!isServiceError(error)) throw error;
    const [trailer] = error.metadata.get("grpc-status-details-bin");
    const details = trailer instanceof Buffer ? fromBinary(StatusSchema, trailer).details : [];
    return refusalOf(
      status[error.code] ?? "",
      details.map(({ typeUrl, value }) => ({ type: typeUrl, value })),
    );
  }
  return { code: "OK", fields: [] };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error;
}
