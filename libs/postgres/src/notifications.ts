import { setTimeout as sleep } from "node:timers/promises";
import { Client, escapeIdentifier } from "pg";
import { clientOptions, type DatabaseLog } from "./connection.ts";
import type { DatabaseConfig } from "./environment.ts";

/** What others have notified on one channel of the database, whose payloads are the keys of what has changed. */
export interface Notifications extends AsyncDisposable {
  /**
   * Yields what `read` answers: at once, then whenever it has a greater version after a notification of `key`. Versions
   * in between may be skipped; the last one never is, since everything is read again after a lost connection.
   *
   * @param signal ends the iteration by throwing its reason
   */
  follow<T extends { readonly version: bigint }>(
    key: string,
    read: () => Promise<T>,
    signal: AbortSignal,
  ): AsyncGenerator<T, never>;
}

/**
 * Opens the one connection on which this process listens to `channel`; returns at once. A connection that is lost, or
 * does not answer for 10 seconds, is replaced after a pause of up to 2 seconds, for ever.
 *
 * @param channel a lower-case identifier
 */
export function openNotifications(config: DatabaseConfig, channel: string, log: DatabaseLog): Notifications {
  const subscribers = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  const wakeAll = (): void => {
    for (const wakes of subscribers.values()) for (const wake of wakes) wake();
  };

  const listen = async (): Promise<void> => {
    const client = new Client(clientOptions(config));
    const lost = Promise.withResolvers<never>();
    // It may be lost before anybody waits for that.
    lost.promise.catch(() => undefined);
    const heartbeat = setInterval(() => void client.query("select 1").catch(lost.reject), 5000).unref();
    client.on("error", lost.reject).on("end", () => lost.reject(new Error("connection ended")));
    client.on("notification", ({ payload = "" }) => {
      for (const wake of subscribers.get(payload) ?? []) wake();
    });
    const onClose = (): void => lost.reject(closing.signal.reason);
    closing.signal.addEventListener("abort", onClose);
    try {
      await client.connect();
      await client.query(`listen ${escapeIdentifier(channel)}`);
      wakeAll();
      await lost.promise;
    } finally {
      clearInterval(heartbeat);
      closing.signal.removeEventListener("abort", onClose);
      await client.end().catch(() => undefined);
    }
  };

  const listenForEver = async (): Promise<void> => {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      try {
        await listen();
      } catch (error) {
        if (closing.signal.aborted) return;
        log.warn(
          { channel, error: error instanceof Error ? error.message : String(error) },
          "listening is interrupted",
        );
        await sleep(100 + Math.random() * 1900, undefined, { ref: false, signal: closing.signal }).catch(
          () => undefined,
        );
      }
    }
  };
  const listening = listenForEver();

  return {
    async *follow(key, read, signal) {
      let wake = Promise.withResolvers<void>();
      const notify = (): void => wake.resolve();
      const wakes = subscribers.get(key) ?? new Set();
      subscribers.set(key, wakes.add(notify));
      signal.addEventListener("abort", notify);
      try {
        for (let version = -1n; ;) {
          signal.throwIfAborted();
          wake = Promise.withResolvers<void>();
          const latest = await read();
          if (latest.version > version) {
            version = latest.version;
            yield latest;
          }
          await wake.promise;
        }
      } finally {
        signal.removeEventListener("abort", notify);
        wakes.delete(notify);
        if (wakes.size === 0) subscribers.delete(key);
      }
    },

    async [Symbol.asyncDispose]() {
      closing.abort(new Error("notifications are closed"));
      await listening;
    },
  };
}
