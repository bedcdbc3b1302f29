import { describePeers } from "./peers-suite.ts";
import { quickPeers } from "./peers.ts";

describePeers(quickPeers);
