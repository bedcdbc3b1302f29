import { join } from "node:path";

/** The folder of the checkout. */
export const workspaceFolder = join(import.meta.dirname, "../../../..");

/** The contracts, as `.proto` files. */
export const protoFolder = join(workspaceFolder, "proto");

/** `.proto` files of grpc.health.v1 and google.rpc. */
export const standardProtoFolder = join(workspaceFolder, "libs/stubs/standard/proto");

/** Where Node keeps compiled sources from one start of a service to the next, which then takes two thirds of the CPU. */
export const compileCacheFolder = join(workspaceFolder, "node_modules/.cache/banyan-e2e");
