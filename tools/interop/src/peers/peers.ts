import { bufCurl } from "./buf-curl.ts";
import { chromium } from "./chromium/chromium.ts";
import { curl } from "./curl.ts";
import { grpcJs } from "./grpc-js.ts";
import { grpcio } from "./grpcio.ts";
import { h2load } from "./h2load.ts";
import type { Peer } from "./peer.ts";

/** Each takes a second or two. */
export const quickPeers: readonly Peer[] = [curl, grpcJs];

/** What is fetched, is seldom installed, or takes its time. */
export const otherPeers: readonly Peer[] = [bufCurl, grpcio, chromium, h2load];
