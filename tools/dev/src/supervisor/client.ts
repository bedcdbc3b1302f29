import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { thisCheckout } from "../locations.ts";
import { readLines } from "../process/lines.ts";
import { SetupError } from "../setup-error.ts";
import { reachSupervisor } from "./connection.ts";
import { type SupervisorPaths, supervisorPaths } from "./paths.ts";
import { type Message, type Reached, type Request, decodeMessage, encodeLine, protocolVersion } from "./protocol.ts";

export interface SupervisorClientOptions {
  /** The folder of the checkout, by default the one of this file. */
  readonly checkout?: string;
  /** Gets a line when something takes a while, also what other clients wait for. */
  readonly onProgress?: (line: string) => void;
}

/**
 * A claim on the etcd and the PostgreSQL of a checkout. They run while somebody has one.
 *
 * Disposal gives it up and does not wait; so does the death of this process.
 */
export interface Supervisor extends AsyncDisposable {
  readonly paths: SupervisorPaths;
  /** Starts etcd unless it runs, and gives its endpoint and version. */
  etcd(): Promise<Reached>;
  /** Starts PostgreSQL unless it runs, makes the database and its role unless they exist, and gives its URL. */
  database(name: string): Promise<Reached>;
  /** Resolves with a sentence when the supervisor, etcd or PostgreSQL has ended although this claim was not given up. */
  readonly lost: Promise<string>;
  /** Gives the claim up and waits, if it was the last, until etcd and PostgreSQL have stopped; 30 s at most. */
  leave(): Promise<void>;
}

const connectMs = 30_000;
const leaveMs = 30_000;

/** @throws {SetupError} when the supervisor cannot be started or reached within 30 s */
export async function connectSupervisor(options: SupervisorClientOptions = {}): Promise<Supervisor> {
  const checkout = options.checkout ?? thisCheckout();
  const paths = supervisorPaths(checkout);
  const deadline = Date.now() + connectMs;
  for (;;) {
    const socket = await reachSupervisor(checkout, paths, deadline);
    const supervisor = await openClaim(socket, paths, options.onProgress);
    if (supervisor) return supervisor; // else it was about to stop, and did
  }
}

/** Resolves once the supervisor has greeted; undefined when the connection ended before. */
async function openClaim(
  socket: Socket,
  paths: SupervisorPaths,
  onProgress: ((line: string) => void) | undefined,
): Promise<Supervisor | undefined> {
  const greeted = Promise.withResolvers<number | undefined>();
  const lost = Promise.withResolvers<string>();
  const asked = new Map<number, PromiseWithResolvers<Reached>>();
  let givenUp = false;

  readLines(socket, (line) => {
    const message: Message | undefined = decodeMessage(line);
    if (message?.tell === "hello") greeted.resolve(message.protocol);
    else if (message?.tell === "progress") onProgress?.(message.line);
    else if (message?.tell === "reached") asked.get(message.id)?.resolve(message.reached);
    else if (message?.tell === "failed") asked.get(message.id)?.reject(new SetupError(message.reason));
    else if (message?.tell === "lost") lost.resolve(`${message.reason}; the log is ${paths.logFile}`);
  });
  socket.on("error", () => socket.destroy());
  const ending = new Promise((resolve) => socket.once("close", resolve)); // events.once would reject on an error
  const close = async (): Promise<void> => {
    await ending;
    const reason = `the supervisor of etcd and PostgreSQL has ended; its log is ${paths.logFile}`;
    greeted.resolve(undefined);
    if (!givenUp) lost.resolve(reason);
    for (const { reject } of asked.values()) reject(new SetupError(reason));
  };
  const closed = close();

  const protocol = await greeted.promise;
  if (protocol === undefined) return undefined;
  if (protocol !== protocolVersion) {
    socket.destroy();
    throw new SetupError("a supervisor of another version runs: stop what uses it, then try again");
  }

  let lastId = 0;
  const ask = async (about: { ask: "etcd" } | { ask: "database"; name: string }): Promise<Reached> => {
    const id = (lastId += 1);
    const answer = Promise.withResolvers<Reached>();
    asked.set(id, answer);
    socket.write(encodeLine({ ...about, id } satisfies Request));
    if (socket.destroyed) answer.reject(new SetupError("the supervisor of etcd and PostgreSQL has ended"));
    return answer.promise.finally(() => asked.delete(id));
  };
  return {
    paths,
    lost: lost.promise,
    etcd: () => ask({ ask: "etcd" }),
    database: (name) => ask({ ask: "database", name }),
    async leave() {
      givenUp = true;
      if (!socket.destroyed) socket.write(encodeLine({ ask: "leave" }));
      await Promise.race([closed, sleep(leaveMs, undefined, { ref: false })]);
      socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      givenUp = true;
      socket.destroy();
      await closed;
    },
  };
}
