import { protoFolders } from "../../src/transports/programs/grpc-js-contract.ts";

/** What Nest's transport for gRPC is told of the contracts, on both sides. */
export const contract = {
  package: ["user.v1", "bench.v1"],
  protoPath: ["user/v1/user.proto", "bench/v1/bench.proto"],
  loader: { includeDirs: protoFolders, keepCase: false, defaults: true },
};
