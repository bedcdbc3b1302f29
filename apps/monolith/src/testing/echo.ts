import {
  create,
  createFileRegistry,
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageShape,
} from "@bufbuild/protobuf";
import { file_google_protobuf_wrappers, FileDescriptorSetSchema, StringValueSchema } from "@bufbuild/protobuf/wkt";

type Text = typeof StringValueSchema;

/** A service with a method of each shape, on strings: no contract of ours has them all. */
const { methods, service } = describeEcho();

export { service as EchoService };

export const echo = {
  unary: only((method): method is DescMethodUnary<Text, Text> => method.methodKind === "unary"),
  serverStreaming: only(
    (method): method is DescMethodServerStreaming<Text, Text> => method.methodKind === "server_streaming",
  ),
  clientStreaming: only(
    (method): method is DescMethodClientStreaming<Text, Text> => method.methodKind === "client_streaming",
  ),
  bidi: only((method): method is DescMethodBiDiStreaming<Text, Text> => method.methodKind === "bidi_streaming"),
};

export function text(value: string): MessageShape<Text> {
  return create(StringValueSchema, { value });
}

export async function* texts(...values: readonly string[]): AsyncGenerator<MessageShape<Text>, void, undefined> {
  for (const value of values) yield text(value);
}

function only<Method extends DescMethod>(isIt: (method: DescMethod) => method is Method): Method {
  const method = methods.find(isIt);
  if (method === undefined) throw new Error("echo.v1 has a method of each shape");
  return method;
}

function describeEcho() {
  const type = `.${StringValueSchema.typeName}`;
  const method = (name: string, clientStreaming: boolean, serverStreaming: boolean) => {
    return { name, inputType: type, outputType: type, clientStreaming, serverStreaming };
  };
  const file = {
    name: "echo/v1/echo.proto",
    package: "echo.v1",
    syntax: "proto3",
    dependency: [file_google_protobuf_wrappers.proto.name],
    service: [
      {
        name: "EchoService",
        method: [
          method("Unary", false, false),
          method("ServerStreaming", false, true),
          method("ClientStreaming", true, false),
          method("Bidi", true, true),
        ],
      },
    ],
  };
  const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_wrappers.proto, file] });
  const service = createFileRegistry(set).getService("echo.v1.EchoService");
  if (service === undefined) throw new Error("echo.v1 has a service");
  return { service, methods: service.methods };
}
