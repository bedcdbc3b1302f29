import type { ConnectionOptions } from "./options.ts";

/** What the watch asks of its connection. */
export interface WatchActions {
  ping(payload: Buffer): void;
  /** The peer is gone. */
  lost(reason: string): void;
  /** The connection is to end in order: it is idle, or of age. */
  retire(): void;
}

/** Some part of every bound is added to it by the grain of the watch, in milliseconds. */
const longestTickMs = 1000;

/** The first octets of our own pings; those of a shutdown differ. */
const pingPayload = Buffer.from("banyan\0\0", "latin1");
const markPayload = Buffer.from("banyan\0\x01", "latin1");

/**
 * Watches one connection's time: the handshake, silence, idleness and age.
 *
 * One timer a connection, that looks at a few numbers; nothing is armed or cleared for a frame or a stream.
 */
export class Watch {
  readonly #options: ConnectionOptions;
  readonly #actions: WatchActions;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  readonly #retiresAt: number;
  #hasSettings = false;
  #isAcknowledged = false;
  #readAt = this.#startedAt;
  #pingedAt: number | undefined;
  #streams = 0;
  #idleSince = this.#startedAt;
  #isRetiring = false;
  #endsAt = Infinity;
  #mark: (() => void) | undefined;

  constructor(options: ConnectionOptions, actions: WatchActions) {
    this.#options = options;
    this.#actions = actions;
    const { handshakeTimeoutMs, keepaliveMs, keepaliveTimeoutMs, idleTimeoutMs, maxAgeMs, shutdownTimeoutMs } = options;
    // Connections that were opened together are not to come back together.
    this.#retiresAt = maxAgeMs === 0 ? Infinity : this.#startedAt + maxAgeMs * (1 + Math.random() / 10);
    const bounds = [
      handshakeTimeoutMs,
      keepaliveMs,
      keepaliveTimeoutMs,
      idleTimeoutMs,
      maxAgeMs,
      shutdownTimeoutMs,
    ].filter((ms) => ms > 0);
    const tickMs = Math.max(10, Math.min(longestTickMs, ...bounds.map((ms) => ms / 4)));
    this.#timer = setInterval(() => this.#tick(performance.now()), tickMs).unref();
  }

  /** Something came from the peer. */
  noteRead(): void {
    this.#readAt = performance.now();
  }

  /** The peer's first SETTINGS, or further ones, have come. */
  noteSettings(): void {
    this.#hasSettings = true;
  }

  /** The peer has acknowledged our SETTINGS. */
  noteAcknowledged(): void {
    this.#isAcknowledged = true;
  }

  noteStreams(open: number): void {
    if (open === 0) this.#idleSince = performance.now();
    this.#streams = open;
  }

  /** A PING was answered. */
  noteAnswer(payload: Buffer): void {
    this.#pingedAt = undefined;
    if (!payload.equals(markPayload)) return;
    this.#mark?.();
    this.#mark = undefined;
  }

  /**
   * The connection is being shut down: it has so long.
   *
   * @param onMark called when the peer must have seen what was sent before, by a ping that it answers
   */
  noteShutdown(onMark: () => void): void {
    this.#isRetiring = true;
    this.#endsAt = performance.now() + this.#options.shutdownTimeoutMs;
    this.#mark = onMark;
    this.#actions.ping(markPayload);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#mark = undefined;
  }

  #tick(now: number): void {
    const { handshakeTimeoutMs, keepaliveMs, keepaliveTimeoutMs, idleTimeoutMs } = this.#options;
    const isShaken = this.#hasSettings && this.#isAcknowledged;
    if (!isShaken && now - this.#startedAt > handshakeTimeoutMs) this.#actions.lost("the handshake took too long");
    else if (now > this.#endsAt) this.#actions.lost("the shutdown took too long");
    else if (this.#pingedAt !== undefined && now - this.#pingedAt > keepaliveTimeoutMs) {
      this.#actions.lost("a ping was not answered");
    } else if (!this.#isRetiring && (now > this.#retiresAt || this.#isIdle(now, idleTimeoutMs))) this.#actions.retire();
    else if (isShaken && keepaliveMs > 0 && this.#pingedAt === undefined && now - this.#readAt > keepaliveMs) {
      this.#pingedAt = now;
      this.#actions.ping(pingPayload);
    }
  }

  #isIdle(now: number, idleTimeoutMs: number): boolean {
    return idleTimeoutMs > 0 && this.#streams === 0 && now - this.#idleSince > idleTimeoutMs;
  }
}
