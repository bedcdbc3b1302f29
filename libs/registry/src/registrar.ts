import { setTimeout as sleep } from "node:timers/promises";
import {
  AnnouncementWithdrawnError,
  InstanceTakenError,
  type Announcement,
  type AnnouncementState,
  type Endpoint,
} from "./announcement.ts";
import { deadline, within } from "./deadline.ts";
import { noLease, type Etcd } from "./etcd/etcd.ts";
import type { RegistryLog } from "./etcd/reachability.ts";
import { causeOf, interruptionBy, levelOf } from "./interruption.ts";
import type { Claim } from "./key-claim.ts";
import { guardKey, type GuardEnd } from "./key-guard.ts";
import { renewLease } from "./lease-renewal.ts";
import { describeValue } from "./record.ts";
import { Serving } from "./serving.ts";

export interface AnnouncementPlan {
  readonly key: string;
  /** What others dial, for the log. */
  readonly address: string;
  readonly value: string;
  readonly endpoint: Endpoint;
  readonly ttlSeconds: number;
  readonly spreadMs: number;
  readonly onWithdrawn: () => void;
}

/** A ghost, the key of a process that is dead, goes with its lease; etcd needs a moment to sweep it; milliseconds. */
const ghostGraceMs = 1000;

/** Bound of revoking, in milliseconds. */
const withdrawalMs = 2000;

/** Of leases that were lost before the key was held again, so many are known as ours. */
const maxLeases = 8;

/** What the log says on entering a state. */
const lines = {
  idle: { level: "debug", message: "not announced" },
  granting: { level: "debug", message: "asking etcd for a lease" },
  live: { level: "info", message: "announced" },
  unhealthy: { level: "warn", message: "not announced: the endpoint does not serve" },
  suspect: { level: "debug", message: "renewal of the lease failed; announced until the lease runs out" },
  lost: { level: "warn", message: "announcement lost" },
  waiting: { level: "debug", message: "waiting to announce" },
  taken: { level: "warn", message: "another process keeps our key; waiting for it to go" },
  withdrawn: { level: "info", message: "withdrawn" },
} as const satisfies Record<AnnouncementState["tag"], { level: keyof RegistryLog; message: string }>;

/**
 * Keeps one key in etcd: grants a lease, holds it, and with it the key for as long as the endpoint serves, and begins
 * again with a new lease when they are lost, for as long as it lives. One lease is held at a time, inside one call of
 * `#hold`; what comes of an earlier one is heard by nobody.
 */
export class Registrar implements Announcement {
  readonly key: string;
  readonly announced: Promise<void>;
  #state: AnnouncementState = { tag: "idle" };
  readonly #etcd: Etcd;
  readonly #plan: AnnouncementPlan;
  readonly #log: RegistryLog;
  readonly #first = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #withdrawal: Promise<void> | undefined;
  /** Leases of ours that the key may be under: the latest, and those lost since it was last known to be held. */
  #leases: readonly string[] = [];
  /** Until when a stranger's key may be a ghost's, by `performance.now()`. */
  #ghostUntil: number | undefined;
  #failures = 0;
  readonly #serving: Serving;

  constructor(etcd: Etcd, plan: AnnouncementPlan, log: RegistryLog) {
    this.key = plan.key;
    this.announced = this.#first.promise;
    // Whoever needs it awaits it; the log tells the same, and an unhandled rejection would end the process.
    this.announced.catch(() => undefined);
    this.#etcd = etcd;
    this.#plan = plan;
    this.#log = log;
    this.#serving = new Serving(plan.endpoint);
    this.#running = this.#run();
  }

  get state(): AnnouncementState {
    return this.#state;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#withdrawal ??= this.#withdraw());
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const grantedAt = performance.now();
        const lease = await this.#grant();
        const end = await this.#hold(lease, grantedAt);
        if (end.tag === "stranger") {
          await this.#outwait(lease, end);
        } else {
          this.#enter({ tag: "lost", cause: end.cause });
          await this.#wait(new Error(end.cause), "debug");
        }
      } catch (error) {
        await this.#wait(error, levelOf(error, this.#failures));
      }
    }
  }

  async #grant(): Promise<string> {
    if (this.#state.tag !== "taken") this.#enter({ tag: "granting" });
    const lease = await this.#etcd.grantLease(this.#plan.ttlSeconds);
    this.#leases = [...this.#leases, lease].slice(-maxLeases);
    this.#closing.signal.throwIfAborted();
    return lease;
  }

  /** Keeps the lease alive and the key in place, until either is lost or the announcement is withdrawn. */
  async #hold(lease: string, grantedAt: number): Promise<GuardEnd> {
    const generation = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, generation.signal]);
    const { key, value, ttlSeconds } = this.#plan;
    const renewal = {
      lease,
      grantedAt,
      ttlMs: ttlSeconds * 1000,
      onRenewed: () => this.#state.tag === "suspect" && this.#enter({ tag: "live", lease }, "debug"),
      onSuspect: (cause: string) => this.#state.tag === "live" && this.#enter({ tag: "suspect", lease, cause }),
    };
    const guarded = {
      key,
      value,
      lease,
      isOurs: (id: string) => this.#leases.includes(id),
      serving: this.#serving,
      onListed: () => this.#listed(lease),
      onUnhealthy: () => this.#enter({ tag: "unhealthy", lease }),
    };
    try {
      return await Promise.race([
        renewLease(this.#etcd, renewal, signal).then((cause) => ({ tag: "lost", cause }) as const),
        guardKey(this.#etcd, guarded, this.#log, signal),
      ]);
    } finally {
      generation.abort();
    }
  }

  #listed(lease: string): void {
    this.#leases = [lease];
    this.#ghostUntil = undefined;
    this.#failures = 0;
    const { tag } = this.#state;
    if (tag !== "live") this.#enter({ tag: "live", lease }, tag === "suspect" ? "debug" : "info");
    this.#first.resolve();
  }

  /**
   * Somebody else holds the key. If that is a ghost, it is gone when its lease has run out; if it is not, it is an error,
   * and the key is ours when the other one gives it up.
   */
  async #outwait(lease: string, { holder, revision }: Claim & { tag: "stranger" }): Promise<void> {
    const { key } = this;
    const ttlMs = this.#plan.ttlSeconds * 1000;
    const value = describeValue(holder.value);
    try {
      await revoke(this.#etcd, [lease]);
      this.#ghostUntil ??= performance.now() + Math.max(ttlMs, await this.#leftMs(holder.lease)) + ghostGraceMs;
      const ghostMs = this.#ghostUntil - performance.now();
      if (ghostMs > 0) {
        this.#enter({ tag: "waiting", cause: `${key} is held by ${value}, which may be dead` }, "info");
      } else if (this.#state.tag !== "taken") {
        this.#enter({ tag: "taken", holder: value });
        this.#first.reject(new InstanceTakenError(key, value));
      }
      using due = deadline(ghostMs > 0 ? ghostMs : ttlMs, this.#closing.signal);
      for await (const { changes } of this.#etcd.watch({ key }, revision + 1n, due.signal)) {
        if (changes.at(-1)?.tag !== "delete") continue;
        this.#ghostUntil = undefined;
        return;
      }
    } catch (error) {
      // An outage lets a ghost live on: etcd gives all leases their full time when it comes back.
      this.#ghostUntil = undefined;
      throw error;
    }
  }

  /** How long a lease lives if nobody renews it, in milliseconds; 0 for none. */
  async #leftMs(lease: string): Promise<number> {
    return lease === noLease ? 0 : 1000 * ((await this.#etcd.leaseSecondsLeft(lease)) ?? 0);
  }

  async #wait(error: unknown, level: keyof RegistryLog): Promise<void> {
    const { cause, retryMs } = interruptionBy(error, this.#failures++);
    this.#enter({ tag: "waiting", cause }, level);
    await this.#etcd.pause(retryMs, this.#closing.signal);
  }

  async #withdraw(): Promise<void> {
    try {
      this.#plan.endpoint.stopServing?.();
    } finally {
      this.#closing.abort();
      this.#serving[Symbol.dispose]();
      this.#first.reject(new AnnouncementWithdrawnError(this.key));
      await this.#takeBack();
      this.#plan.onWithdrawn();
    }
  }

  async #takeBack(): Promise<void> {
    const { key } = this;
    const { ttlSeconds, spreadMs } = this.#plan;
    const revokeAll = (): Promise<void> => revoke(this.#etcd, this.#leases);
    try {
      await within(withdrawalMs, this.#running.then(revokeAll));
      this.#state = { tag: "withdrawn" };
      this.#log.info({ key }, "withdrawn");
    } catch (error) {
      this.#state = { tag: "withdrawn" };
      const message = "withdrawn, but etcd does not know it: the key stays until its lease runs out";
      if (this.#leases.length > 0) this.#log.warn({ key, ttlSeconds, error: causeOf(error) }, message);
      return;
    }
    if (this.#leases.length > 0) await sleep(spreadMs);
  }

  #enter(state: AnnouncementState, level: keyof RegistryLog = lines[state.tag].level): void {
    if (this.#closing.signal.aborted) return;
    this.#state = state;
    const { tag, ...fields } = state;
    this.#log[level]({ key: this.key, address: this.#plan.address, state: tag, ...fields }, lines[tag].message);
  }
}

async function revoke(etcd: Etcd, leases: readonly string[]): Promise<void> {
  await Promise.all(leases.map((lease) => etcd.revokeLease(lease)));
}
