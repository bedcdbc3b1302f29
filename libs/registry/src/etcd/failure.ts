import { castGrpcError, EtcdLeaseInvalidError, isRecoverableError } from "etcd3";
import { EtcdUnreachableError, LeaseGoneError } from "./etcd.ts";

/** What an error of the etcd3 package is in our words. */
export function etcdFailure(error: unknown): Error {
  if (error instanceof EtcdUnreachableError || error instanceof LeaseGoneError) return error;
  const failure = error instanceof Error ? castGrpcError(error) : new Error(String(error));
  if (failure instanceof EtcdLeaseInvalidError) return new LeaseGoneError(failure.message, { cause: error });
  if (isRecoverableError(failure)) return new EtcdUnreachableError(reasonIn(failure.message), { cause: error });
  return failure;
}

/** What an operator wants to read of `14 UNAVAILABLE: No connection established. Last error: … Resolution note: `. */
function reasonIn(message: string): string {
  const [, reason = message] =
    /^(?:[0-9]+ [A-Z_]+: )?(?:No connection established\. Last error: )?(?:Error: )?(.*)$/s.exec(message) ?? [];
  return reason.replace(/ ?Resolution note:.*$/s, "").replace(/\.\s*$/, "");
}
