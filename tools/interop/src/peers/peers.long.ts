import { describePeers } from "./peers-suite.ts";
import { otherPeers } from "./peers.ts";

describePeers(otherPeers);
