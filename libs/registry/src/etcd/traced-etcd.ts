import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Etcd } from "./etcd.ts";

const tracer = trace.getTracer("@banyan/registry");

/**
 * Etcd with a span for each list, write, and lease that is granted or revoked. Renewals and watches have none: there is
 * one every few seconds, and the other lasts for as long as the process.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/database/database-spans/
 */
export function tracedEtcd(etcd: Etcd): Etcd {
  return {
    list: (range) => withSpan("list", "key" in range ? range.key : range.prefix, () => etcd.list(range)),
    put: (write) => withSpan("put", write.key, () => etcd.put(write)),
    delete: (deletion) => withSpan("delete", deletion.key, () => etcd.delete(deletion)),
    grantLease: (ttlSeconds) => withSpan("grant lease", undefined, () => etcd.grantLease(ttlSeconds)),
    revokeLease: (lease) => withSpan("revoke lease", undefined, () => etcd.revokeLease(lease)),
    keepAlive: (lease, timeoutMs) => etcd.keepAlive(lease, timeoutMs),
    leaseSecondsLeft: (lease) => etcd.leaseSecondsLeft(lease),
    watch: (range, from, signal) => etcd.watch(range, from, signal),
    pause: (ms, signal) => etcd.pause(ms, signal),
    close: () => etcd.close(),
  };
}

async function withSpan<T>(operation: string, key: string | undefined, work: () => Promise<T>): Promise<T> {
  const attributes = {
    "db.system.name": "etcd",
    "db.operation.name": operation,
    ...(key !== undefined && { "db.collection.name": key }),
  };
  const span = tracer.startSpan(`etcd ${operation}`, { kind: SpanKind.CLIENT, attributes });
  try {
    return await work();
  } catch (error) {
    span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
