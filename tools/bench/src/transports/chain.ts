import { chainLinks, type ChainLink } from "./chain-links.ts";
import { baseName, ours, peers, type Peer } from "./peers.ts";

const linkWords: Readonly<Record<ChainLink, string>> = {
  transport: "transport alone",
  calls: "+ context, deadline, metrics",
  errors: "+ error table",
  drain: "+ end of streams on drain",
  limit: "+ limit of calls",
  log: "+ log",
  traces: "+ traces of 1 %",
};

const nameOf = (link: ChainLink): string => `banyan-${link}`;

/** Our server with every link. */
export const fullChainName = nameOf("traces");

/** connect-node without a chain, and our server with a chain that becomes a link longer each time. */
export const chainPeers: readonly Peer[] = [
  ...peers.filter(({ name }) => name === baseName),
  ...chainLinks.map((link): Peer => ({ ...ours(link), name: nameOf(link), words: linkWords[link] })),
];
