/**
 * What stands before a handler of ours, link by link: each has what those before it have.
 *
 * - `transport`: nothing but the transport
 * - `calls`: context, deadline and metrics of each call; log lines are dropped
 * - `errors`: the error table
 * - `drain`: all of `serve()` but its limit of calls
 * - `limit`: the limit of calls that are worked on at a time
 * - `log`: lines are written, 100 of successful calls a second
 * - `traces`: of one call in a hundred, sent to a collector: how a service runs
 */
export const chainLinks = ["transport", "calls", "errors", "drain", "limit", "log", "traces"] as const;
export type ChainLink = (typeof chainLinks)[number];

/** Whether a chain that ends with `last` has this link. */
export function hasLink(last: ChainLink, link: ChainLink): boolean {
  return chainLinks.indexOf(link) <= chainLinks.indexOf(last);
}
