import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { ServerReflection as ServerReflectionV1Alpha } from "@banyan/stubs-standard/reflection-v1alpha";
import { UserService } from "@banyan/stubs-user";
import { fromBinary, type DescService } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, createClient, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { reflection } from "./reflection.ts";

const services: readonly DescService[] = [UserService, ServerReflection];
const implementations = reflection(services);
const transport = createRouterTransport((router) => {
  router.service(ServerReflection, implementations.v1).service(ServerReflectionV1Alpha, implementations.v1alpha);
});

type NameQuestion = "listServices" | "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType";
type Question =
  | { case: NameQuestion; value: string }
  | { case: "fileContainingExtension"; value: { containingType: string; extensionNumber: number } };

/** What v1 answers to one question; v1alpha has to answer the same. */
async function ask(messageRequest: Question) {
  async function* requests() {
    yield { host: "here", messageRequest };
  }
  const [answer] = await Array.fromAsync(createClient(ServerReflection, transport).serverReflectionInfo(requests()));
  const [alpha] = await Array.fromAsync(
    createClient(ServerReflectionV1Alpha, transport).serverReflectionInfo(requests()),
  );
  const { messageResponse, validHost } = answer ?? {};
  expect(validHost).toBe("here");
  expect(withoutTypeNames(alpha?.messageResponse)).toEqual(withoutTypeNames(messageResponse));
  return messageResponse;
}

function withoutTypeNames(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, field: unknown) => (key === "$typeName" ? undefined : field)));
}

/** The names of the files in an answer. */
async function fileNames(messageRequest: Question): Promise<string[]> {
  const answer = await ask(messageRequest);
  if (answer?.case !== "fileDescriptorResponse") throw new Error(`expected files, got ${answer?.case}`);
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

describe("server reflection, v1 and v1alpha", () => {
  it("lists the services", async () => {
    expect(await ask({ case: "listServices", value: "" })).toMatchObject({
      case: "listServicesResponse",
      value: { service: [{ name: "user.v1.UserService" }, { name: "grpc.reflection.v1.ServerReflection" }] },
    });
  });

  it.each<[NameQuestion, string]>([
    ["fileByFilename", "user/v1/user.proto"],
    ["fileContainingSymbol", "user.v1.UserService"],
    ["fileContainingSymbol", "user.v1.UserService.GetUser"],
    ["fileContainingSymbol", "user.v1.GetUserRequest"],
    ["fileContainingSymbol", "user.v1.GetUserRequest.user_id"],
    ["fileContainingSymbol", "user.v1.ErrorReason"],
  ])("answers %s %s with the file", async (question, value) => {
    expect(await fileNames({ case: question, value })).toEqual(["user/v1/user.proto"]);
  });

  it.each<Question>([
    { case: "fileByFilename", value: "user/v1/nothing.proto" },
    { case: "fileContainingSymbol", value: "user.v1.Nothing" },
    { case: "fileContainingSymbol", value: "user.v1.UserService.Nothing" },
    { case: "fileContainingSymbol", value: "" },
    { case: "fileContainingExtension", value: { containingType: "user.v1.GetUserRequest", extensionNumber: 1000 } },
    { case: "allExtensionNumbersOfType", value: "user.v1.Nothing" },
  ])("answers NOT_FOUND to $case $value", async (question) => {
    expect(await ask(question)).toMatchObject({ case: "errorResponse", value: { errorCode: Code.NotFound } });
  });

  it("knows that a message has no extensions", async () => {
    expect(await ask({ case: "allExtensionNumbersOfType", value: "user.v1.GetUserRequest" })).toMatchObject({
      case: "allExtensionNumbersResponse",
      value: { baseTypeName: "user.v1.GetUserRequest", extensionNumber: [] },
    });
  });

  it("answers several questions on one stream, each in turn", async () => {
    async function* requests() {
      yield { messageRequest: { case: "fileByFilename" as const, value: "nothing.proto" } };
      yield { messageRequest: { case: undefined } };
      yield { messageRequest: { case: "listServices" as const, value: "" } };
    }
    const answers = await Array.fromAsync(createClient(ServerReflection, transport).serverReflectionInfo(requests()));
    expect(answers.map(({ messageResponse }) => messageResponse.case)).toEqual([
      "errorResponse",
      "errorResponse",
      "listServicesResponse",
    ]);
    expect(answers[0]?.originalRequest?.messageRequest.value).toBe("nothing.proto");
  });
});
