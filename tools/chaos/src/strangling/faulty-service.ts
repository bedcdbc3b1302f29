import { setTimeout as sleep } from "node:timers/promises";
import { openRegistry } from "@banyan/registry";
import { http2Transport, serve } from "@banyan/rpc";
import { UserService } from "@banyan/stubs-user";
import { createLogger, previousAttemptsHeader } from "@banyan/telemetry";
import { Code, ConnectError, createClient, type HandlerContext } from "@connectrpc/connect";
import type { CandidateFault } from "./candidate-faults.ts";

/** Calls that the fault has struck: those of callers, and those that were only mirrored. */
export interface Struck {
  calls: number;
  mirrored: number;
}

export interface FaultyService extends AsyncDisposable {
  /** What is wrong with it from now on. */
  become(fault: CandidateFault): void;
  readonly struck: Readonly<Struck>;
}

/** A call costs so much waiting, beside what the real service takes, so that a busy machine is not what is measured. */
const workMs = 200;
const log = createLogger("faulty-user", { LOG_LEVEL: "silent", LOG_FORMAT: "json" });

/**
 * A server in front of a real user service that does something to its answers, and is announced in its place.
 *
 * @param behind the address of the real one, which is listed in another etcd
 */
export async function openFaultyService(etcdEndpoint: string, behind: string): Promise<FaultyService> {
  await using opening = new AsyncDisposableStack();
  let fault: CandidateFault = { tag: "none" };
  const struck: Struck = { calls: 0, mirrored: 0 };
  const users = createClient(UserService, opening.use(http2Transport(behind)));
  const strike = ({ requestHeader }: HandlerContext): void => {
    if (requestHeader.has(previousAttemptsHeader)) struck.mirrored += 1;
    else struck.calls += 1;
  };

  const server = opening.use(
    await serve({
      name: "user",
      HOST: "127.0.0.1",
      PORT: 0,
      log,
      healthy: async () => undefined,
      routes: ({ service }) =>
        service(UserService, {
          async getUser(request, context) {
            const current = fault;
            if (current.tag === "errors" && Math.random() < current.part) {
              strike(context);
              throw new ConnectError("broken on purpose", Code.Internal);
            }
            const startedAt = performance.now();
            await sleep(workMs);
            const answer = await users.getUser(request, { signal: context.signal });
            if (current.tag === "slow") {
              strike(context);
              await sleep((performance.now() - startedAt) * (current.times - 1));
            }
            if (current.tag !== "wrong name" || Math.random() >= current.part) return answer;
            strike(context);
            return { ...answer, name: `${answer.name}?` };
          },
          createUser: (request, { signal }) => users.createUser(request, { signal }),
        }),
    }),
  );
  const config = { ETCD_ENDPOINTS: [etcdEndpoint], BANYAN_ENV: "development" } as const;
  const registry = opening.use(openRegistry(config, { log }));
  await opening.use(registry.announce("user", server)).announced;
  const opened = opening.move();
  return {
    become: (next) => void (fault = next),
    struck,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
