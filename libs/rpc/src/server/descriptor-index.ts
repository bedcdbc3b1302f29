import { createRegistry, toBinary, type DescFile, type DescService, type Registry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The files that define some services, and everything in the files that those import. */
export class DescriptorIndex {
  readonly #files = new Map<string, DescFile>();
  readonly #types: Registry;

  constructor(services: readonly DescService[]) {
    const queue = services.map(({ file }) => file);
    for (const file of queue) {
      if (this.#files.has(file.proto.name)) continue;
      this.#files.set(file.proto.name, file);
      queue.push(...file.dependencies);
    }
    this.#types = createRegistry(...this.#files.values());
  }

  /** @param name as it is imported: `user/v1/user.proto` */
  fileNamed(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** @param symbol the full name of a type or a service, or of a method, field, oneof or enum value in one */
  fileDefining(symbol: string): DescFile | undefined {
    const owner = symbol.slice(0, symbol.lastIndexOf("."));
    const member = symbol.slice(owner.length + 1);
    const type =
      this.#types.get(symbol) ?? (hasMember(this.#types.get(owner), member) ? this.#types.get(owner) : undefined);
    return type?.file;
  }

  fileExtending(typeName: string, number: number): DescFile | undefined {
    return this.#extensions(typeName).find((extension) => extension.number === number)?.file;
  }

  /** The numbers of the extensions of a message; undefined when there is no such message. */
  extensionNumbers(typeName: string): number[] | undefined {
    return this.#types.getMessage(typeName) && this.#extensions(typeName).map(({ number }) => number);
  }

  #extensions(typeName: string) {
    return [...this.#types].filter((type) => type.kind === "extension").filter((e) => e.extendee.typeName === typeName);
  }
}

function hasMember(type: ReturnType<Registry["get"]>, name: string): boolean {
  switch (type?.kind) {
    case "service":
      return type.methods.some((method) => method.name === name);
    case "message":
      return [...type.fields, ...type.oneofs].some((member) => member.name === name);
    case "enum":
      return type.values.some((value) => value.name === name);
    case "extension":
    case undefined:
      return false;
    default:
      return type satisfies never;
  }
}

/** A file and all that it imports, each once and as a serialized FileDescriptorProto, with the file itself first. */
export function fileClosure(file: DescFile): Uint8Array[] {
  const files = new Set([file]);
  for (const { dependencies } of files) for (const dependency of dependencies) files.add(dependency);
  return Array.from(files, ({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
}
