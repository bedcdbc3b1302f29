import { repeat } from "@banyan/service";
import { Health, HealthCheckResponse_ServingStatus as Status } from "@banyan/stubs-standard/health";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import type { Member } from "./fleet.ts";

/** The bounds of how often an instance is asked, in milliseconds. */
const everyMsBounds = { min: 100, max: 600_000 };

/** Bound of one question, in milliseconds. */
const answerMs = 1000;

export interface HealthChecksOptions {
  readonly everyMs: number;
  /** The service, by the name that it is registered under. */
  readonly service: string;
  readonly members: () => Iterable<Member>;
  readonly onAnswer: (member: Member, healthy: boolean) => void;
}

/**
 * Asks all members for their health, by grpc.health.v1 over the connections that they are called on, again and again until
 * it is disposed of. One that has no such service, or does not know ours, counts as healthy: it cannot tell.
 *
 * @throws {RangeError} when `everyMs` is out of bounds
 */
export function startHealthChecks({ everyMs, service, members, onAnswer }: HealthChecksOptions): AsyncDisposable {
  const { min, max } = everyMsBounds;
  if (!(everyMs >= min && everyMs <= max)) {
    throw new RangeError(`healthCheckMs: expected a number in [${min}, ${max}], got ${everyMs}`);
  }
  const ask = async (member: Member, signal: AbortSignal): Promise<void> => {
    const healthy = await isHealthy(member, service, signal);
    if (!signal.aborted) onAnswer(member, healthy);
  };
  return repeat((signal) => Promise.all([...members()].map((member) => ask(member, signal))), {
    everyMs,
    onFailure: () => undefined, // no question rejects
  });
}

async function isHealthy({ transport }: Member, service: string, signal: AbortSignal): Promise<boolean> {
  try {
    const { status } = await createClient(Health, transport).check({ service }, { timeoutMs: answerMs, signal });
    return status === Status.SERVING;
  } catch (error) {
    const { code } = ConnectError.from(error);
    return code === Code.Unimplemented || code === Code.NotFound;
  }
}
