import type { ServerReflection, ServerReflectionRequest } from "@banyan/stubs-standard/reflection-v1";
import type {
  ServerReflection as ServerReflectionV1Alpha,
  ServerReflectionRequest as ServerReflectionRequestV1Alpha,
} from "@banyan/stubs-standard/reflection-v1alpha";
import type { DescFile, DescService } from "@bufbuild/protobuf";
import { Code, type ServiceImpl } from "@connectrpc/connect";
import { DescriptorIndex, fileClosure } from "./descriptor-index.ts";

/**
 * grpc.reflection.v1 and .v1alpha, which differ in name only: the services of this server, and the files that define
 * them, for clients that have no .proto files.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflection(services: readonly DescService[]): {
  v1: ServiceImpl<typeof ServerReflection>;
  v1alpha: ServiceImpl<typeof ServerReflectionV1Alpha>;
} {
  const index = new DescriptorIndex(services);
  const names = services.map(({ typeName }) => ({ name: typeName }));
  return {
    v1: {
      async *serverReflectionInfo(requests) {
        for await (const request of requests)
          yield { ...echo(request), messageResponse: answer(request, index, names) };
      },
    },
    v1alpha: {
      async *serverReflectionInfo(requests) {
        for await (const request of requests)
          yield { ...echo(request), messageResponse: answer(request, index, names) };
      },
    },
  };
}

function echo<Request extends { readonly host: string }>(request: Request) {
  return { validHost: request.host, originalRequest: request };
}

function answer(
  { messageRequest: { case: wanted, value } }: ServerReflectionRequest | ServerReflectionRequestV1Alpha,
  index: DescriptorIndex,
  service: { name: string }[],
) {
  switch (wanted) {
    case "listServices":
      return { case: "listServicesResponse" as const, value: { service } };
    case "fileByFilename":
      return files(index.fileNamed(value), value);
    case "fileContainingSymbol":
      return files(index.fileDefining(value), value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = value;
      return files(
        index.fileExtending(containingType, extensionNumber),
        `extension ${extensionNumber} of ${containingType}`,
      );
    }
    case "allExtensionNumbersOfType": {
      const extensionNumber = index.extensionNumbers(value);
      return extensionNumber === undefined
        ? refused(Code.NotFound, `${value} is not known here`)
        : { case: "allExtensionNumbersResponse" as const, value: { baseTypeName: value, extensionNumber } };
    }
    case undefined:
      return refused(Code.InvalidArgument, "the request asks for nothing that is known here");
    default:
      return wanted satisfies never;
  }
}

function files(file: DescFile | undefined, what: string) {
  return file === undefined
    ? refused(Code.NotFound, `${what} is not known here`)
    : { case: "fileDescriptorResponse" as const, value: { fileDescriptorProto: fileClosure(file) } };
}

function refused(errorCode: Code, errorMessage: string) {
  return { case: "errorResponse" as const, value: { errorCode, errorMessage } };
}
