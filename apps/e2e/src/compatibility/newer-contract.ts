import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileRegistry, fromBinary, type DescMethod, type DescService } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { runBuf } from "../clients/program.ts";
import { protoFolder, workspaceFolder } from "../platform/paths.ts";

/** A copy of the contracts in which one was changed. */
export interface ChangedContract extends AsyncDisposable {
  /** The folder of the copy, with a `buf.yaml`. */
  readonly folder: string;
}

/** The contract of a service as a later version of it may be. */
export interface NewerContract extends ChangedContract {
  readonly service: DescService;
  /** The RPC that was added. */
  readonly added: DescMethod;
}

/** @param service as in `user`; its contract is `user/v1/user.proto` */
export async function changeContract(service: string, change: (proto: string) => string): Promise<ChangedContract> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "banyan-contract-"));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  await cp(join(workspaceFolder, "buf.yaml"), join(folder, "buf.yaml"));
  await cp(protoFolder, join(folder, "proto"), { recursive: true });
  const file = join(folder, "proto", service, "v1", `${service}.proto`);
  await writeFile(file, change(await readFile(file, "utf8")));
  const opened = opening.move();
  return { folder, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Adds a field `added` to each request, answer and entity of a contract, and an RPC `GetAdded`. */
export async function buildNewerContract(service: string): Promise<NewerContract> {
  await using opening = new AsyncDisposableStack();
  const { folder } = opening.use(await changeContract(service, addToContract));
  const image = join(folder, "image.binpb");
  const built = await runBuf(["build", "-o", image], { cwd: folder });
  if (built.code !== 0) throw new Error(built.stderr);
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(image)));
  const described = [...files].find(({ typeName }) => typeName.toLowerCase() === `${service}.v1.${service}service`);
  if (described?.kind !== "service") throw new Error(`no service in the contract of ${service}`);
  const added = described.method["getAdded"];
  if (added === undefined) throw new Error(`GetAdded is not in ${described.typeName}`);
  const opened = opening.move();
  return { folder, service: described, added, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function addToContract(proto: string): string {
  return `${proto
    .replaceAll(
      /^message (\w+(?:Request|Response)|Order|Item) \{/gm,
      "message $1 {\n  // Added.\n  string added = 100;\n",
    )
    .replace(/^service \w+ \{/m, "$&\n  // Added.\n  rpc GetAdded(GetAddedRequest) returns (GetAddedResponse);\n")}
// Added.
message GetAddedRequest {}

// Added.
message GetAddedResponse {}
`;
}
