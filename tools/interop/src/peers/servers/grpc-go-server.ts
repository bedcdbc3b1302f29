import { openGoToolchain, PackagesUnavailableError } from "@banyan/dev";
import { buildPrograms } from "../../go/build-programs.ts";
import { connectionAgeMs, type ForeignServerKind } from "./foreign-server.ts";
import { startServerProgram } from "./server-program.ts";

/** grpc-go, see go/server. */
export const grpcGoServer: ForeignServerKind = {
  name: "grpc-go",
  protocol: "grpc",
  hasGzip: true,
  async start() {
    const toolchain = await openGoToolchain().catch((error: unknown) => {
      if (error instanceof PackagesUnavailableError) return undefined;
      throw error;
    });
    if (toolchain === undefined)
      return { absent: "Go cannot be fetched here: it takes Debian's apt, keys and archive" };
    const { server } = await buildPrograms(toolchain);
    return startServerProgram(server, [String(connectionAgeMs)]);
  },
};
