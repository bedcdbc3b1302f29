import { currentCall, runCall } from "@banyan/telemetry";

/**
 * Runs `work` as part of the call that is being worked on, but without its end: a mirrored call must not be cut off when the
 * caller has its answer. It is told as a second attempt, so that nobody downstream tries it again.
 */
export async function detached(work: () => Promise<void>): Promise<void> {
  const call = currentCall();
  if (call === undefined) return work();
  const { requestId, trace, previousAttempts = 0 } = call;
  const own = { requestId, previousAttempts: Math.max(1, previousAttempts), ...(trace !== undefined && { trace }) };
  return runCall(own, work);
}
