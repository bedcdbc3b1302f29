import { bufCurl } from "./buf-curl.ts";
import { chromium } from "./chromium.ts";
import { curl } from "./curl.ts";
import { grpcJs } from "./grpc-js.ts";
import { grpcio } from "./grpcio.ts";
import { h2load } from "./h2load.ts";
import type { Peer } from "./peer.ts";

export const peers: readonly Peer[] = [curl, bufCurl, grpcio, grpcJs, chromium, h2load];
