/** Bounds of one connection. All of them hold for a peer that means ill; a client of good faith never meets them. */
export interface ConnectionOptions {
  /** Streams that the peer may have open at a time, in [1, 2^31 - 1]; further ones are REFUSED_STREAM. Default 1000. */
  readonly maxConcurrentStreams: number;
  /** What the fields of one message may count together, each with 32 octets more, in [1024, 2^24]. Default 32768. */
  readonly maxHeaderListBytes: number;
  /** What the peer may send on one stream before its reader has taken it, in octets, in [65535, 2^31 - 1]. Default 262144. */
  readonly streamWindowBytes: number;
  /** The same for all streams of the connection together, in [65535, 2^31 - 1]. Default 1048576. */
  readonly connectionWindowBytes: number;
  /**
   * What waits to be sent, in octets, in [65536, 2^30]: with more of it in its streams a server refuses new ones by
   * ENHANCE_YOUR_CALM, with more of it on the socket the connection ends. Default 1048576.
   */
  readonly maxBufferedBytes: number;
  /**
   * Streams that the peer may break off a second, in [1, 1000000], and ten times as many at once; pings, settings and empty
   * frames count as much. A stream that ends as it should makes up for half of one. Default 100.
   */
  readonly maxResetsPerSecond: number;
  /** How long the peer may take for its preface and first SETTINGS, and to acknowledge ours, in milliseconds. Default 10000. */
  readonly handshakeTimeoutMs: number;
  /** A peer that has been silent for so long is pinged, in milliseconds; 0 never. Default 30000. */
  readonly keepaliveMs: number;
  /** How long the answer to a ping may take, in milliseconds; then the connection is lost. Default 10000. */
  readonly keepaliveTimeoutMs: number;
  /** A connection without a stream for so long is shut down, in milliseconds; 0 never. Default 0. */
  readonly idleTimeoutMs: number;
  /** A connection is shut down after this age and up to a tenth more, in milliseconds; 0 never. Default 0. */
  readonly maxAgeMs: number;
  /** How long streams have to end once a connection is being shut down, in milliseconds. Default 10000. */
  readonly shutdownTimeoutMs: number;
}

export const defaultOptions: ConnectionOptions = {
  maxConcurrentStreams: 1000,
  maxHeaderListBytes: 32_768,
  streamWindowBytes: 262_144,
  connectionWindowBytes: 1_048_576,
  maxBufferedBytes: 1_048_576,
  maxResetsPerSecond: 100,
  handshakeTimeoutMs: 10_000,
  keepaliveMs: 30_000,
  keepaliveTimeoutMs: 10_000,
  idleTimeoutMs: 0,
  maxAgeMs: 0,
  shutdownTimeoutMs: 10_000,
};

const day = 86_400_000;
const bounds: Readonly<Record<keyof ConnectionOptions, readonly [least: number, most: number]>> = {
  maxConcurrentStreams: [1, 2 ** 31 - 1],
  maxHeaderListBytes: [1024, 2 ** 24],
  streamWindowBytes: [65_535, 2 ** 31 - 1],
  connectionWindowBytes: [65_535, 2 ** 31 - 1],
  maxBufferedBytes: [65_536, 2 ** 30],
  maxResetsPerSecond: [1, 1_000_000],
  handshakeTimeoutMs: [1, day],
  keepaliveMs: [0, day],
  keepaliveTimeoutMs: [1, day],
  idleTimeoutMs: [0, day],
  maxAgeMs: [0, day],
  shutdownTimeoutMs: [0, day],
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} naming the option, its interval and the value
 */
export function readOptions(options: Partial<ConnectionOptions>): ConnectionOptions {
  const all = { ...defaultOptions, ...options };
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value: unknown = Reflect.get(all, name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${name}: expected an integer in [${least}, ${most}], got ${String(value)}`);
    }
  }
  return all;
}
