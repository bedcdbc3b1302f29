import { RetryInfoSchema } from "@banyan/stubs-standard/error-details";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

/** RESOURCE_EXHAUSTED with google.rpc.RetryInfo: nothing of the call has happened, and who asks again waits so long. */
export function turnedAway(message: string, retryAfterMs: number): ConnectError {
  const retryDelay = durationFromMs(Math.ceil(retryAfterMs));
  return new ConnectError(message, Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: { retryDelay } },
  ]);
}
