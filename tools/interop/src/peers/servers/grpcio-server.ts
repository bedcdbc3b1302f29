import { writeDescriptors } from "../descriptors.ts";
import { openFiles } from "../files.ts";
import { openPython } from "../python.ts";
import { connectionAgeMs, type ForeignServerKind } from "./foreign-server.ts";
import { startServerProgram } from "./server-program.ts";

/** Python's grpcio, the C core of gRPC, see python/serve_interop.py. */
export const grpcioServer: ForeignServerKind = {
  name: "grpcio",
  protocol: "grpc",
  hasGzip: true,
  async start() {
    const python = await openPython();
    if ("absent" in python) return python;
    await using files = await openFiles(); // read before it serves
    const contracts = await writeDescriptors(files);
    const { file, args, env } = python.command("serve_interop.py", [contracts, String(connectionAgeMs)]);
    return await startServerProgram(file, args, env);
  },
};
