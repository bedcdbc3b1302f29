import { execFile } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { StatusSchema } from "@banyan/stubs-standard/status";
import { UserService } from "@banyan/stubs-user";
import {
  fromBinary,
  toBinary,
  create,
  type DescMessage,
  type DescService,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { credentials, makeGenericClientConstructor, Metadata, type ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userServersOn, type UserServer } from "../testing/user-server.ts";
import { engines } from "../engine.ts";

describe.each(engines)("%s:", (engine) => {
  const openUserServer = userServersOn(engine);

  let server: UserServer;
  beforeAll(async () => {
    server = await openUserServer({
      async createUser(_, { signal }) {
        await once(signal, "abort");
        return {};
      },
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  interface Method<I extends DescMessage, O extends DescMessage> {
    readonly parent: DescService;
    readonly name: string;
    readonly input: I;
    readonly output: O;
  }

  describe("@grpc/grpc-js", () => {
    function openClient() {
      const Client = makeGenericClientConstructor({}, "client");
      const client = new Client(server.address, credentials.createInsecure());
      const definitionOf = <I extends DescMessage, O extends DescMessage>({
        parent,
        name,
        input,
        output,
      }: Method<I, O>) => ({
        path: `/${parent.typeName}/${name}`,
        serialize: (message: MessageInitShape<I>) => Buffer.from(toBinary(input, create(input, message))),
        deserialize: (bytes: Buffer): MessageShape<O> => fromBinary(output, bytes),
      });
      return {
        unary<I extends DescMessage, O extends DescMessage>(
          method: Method<I, O>,
          message: MessageInitShape<I>,
          deadlineMs = 5000,
        ) {
          const { path, serialize, deserialize } = definitionOf(method);
          const { promise, resolve, reject } = Promise.withResolvers<MessageShape<O> | undefined>();
          const options = { deadline: Date.now() + deadlineMs };
          client.makeUnaryRequest(path, serialize, deserialize, message, new Metadata(), options, (error, value) =>
            error === null ? resolve(value) : reject(error),
          );
          return promise;
        },
        stream<I extends DescMessage, O extends DescMessage>(method: Method<I, O>, message: MessageInitShape<I>) {
          const { path, serialize, deserialize } = definitionOf(method);
          return client.makeServerStreamRequest(path, serialize, deserialize, message);
        },
        [Symbol.dispose]: () => client.close(),
      };
    }

    it("calls", async () => {
      using client = openClient();
      expect(await client.unary(UserService.method.getUser, { userId: "7" })).toMatchObject({ userId: "7" });
    });

    it("gets a refusal's reason in grpc-status-details-bin", async () => {
      using client = openClient();
      const error = await client.unary(UserService.method.getUser, { userId: "missing" }).catch((e: ServiceError) => e);
      if (!(error instanceof Error)) throw new Error("expected the call to fail");
      expect([error.code, error.details]).toEqual([5, "no user has this id"]);
      const [details] = error.metadata.get("grpc-status-details-bin");
      if (!(details instanceof Buffer)) throw new Error("expected details");
      const [info] = fromBinary(StatusSchema, details).details.map((detail) => anyUnpack(detail, ErrorInfoSchema));
      expect(info).toMatchObject({ reason: "USER_NOT_FOUND", domain: "user.banyan", metadata: { userId: "missing" } });
    });

    it("gets DEADLINE_EXCEEDED", async () => {
      using client = openClient();
      await expect(client.unary(UserService.method.createUser, {}, 100)).rejects.toMatchObject({ code: 4 });
    });

    it("gets UNIMPLEMENTED for a method that is not here", async () => {
      using client = openClient();
      const unknown = { ...UserService.method.getUser, name: "Nothing" };
      await expect(client.unary(unknown, {})).rejects.toMatchObject({ code: 12 });
    });

    it("reads a stream, and cancels it", async () => {
      using client = openClient();
      const updates = client.stream(Health.method.watch, { service: "user.v1.UserService" });
      const [first] = await once(updates, "data");
      expect(first).toMatchObject({ status: Status.SERVING });
      updates.cancel();
      await expect(once(updates, "data")).rejects.toMatchObject({ code: 1 });
    });
  });

  describe("buf curl, by server reflection alone", () => {
    const bufPath = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
    const buf = (...args: string[]) => promisify(execFile)(process.execPath, [bufPath, "curl", ...args]);
    const http2 = "--http2-prior-knowledge";

    it.each(["grpc-v1", "grpc-v1alpha"])("lists the methods, by %s", async (protocol) => {
      const { stdout } = await buf(http2, "--reflect-protocol", protocol, "--list-methods", server.url);
      expect(stdout.trim().split("\n")).toEqual([
        "grpc.health.v1.Health/Check",
        "grpc.health.v1.Health/Watch",
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "user.v1.UserService/CreateUser",
        "user.v1.UserService/GetUser",
      ]);
    });

    it.each([
      ["grpc", [http2]],
      ["grpcweb", [http2]],
      ["connect", [http2]],
      ["connect", ["--reflect-protocol", "grpc-v1", http2]],
    ])("calls, by %s %s", async (protocol, options) => {
      const url = `${server.url}/user.v1.UserService/GetUser`;
      const { stdout } = await buf(...options, "--protocol", protocol, "-d", '{"userId": "7"}', url);
      expect(JSON.parse(stdout)).toEqual({ userId: "7", name: "Ada", email: "ada@example.org" });
    });

    it("shows a refusal with its details", async () => {
      const url = `${server.url}/user.v1.UserService/GetUser`;
      const refused = buf(http2, "--protocol", "grpc", "-d", '{"userId": ""}', url);
      await expect(refused).rejects.toMatchObject({
        stderr: expect.stringMatching(/"invalid_argument"[^]*user_id: must be a UUID[^]*google\.rpc\.BadRequest/),
      });
    });
  });
});
