import { readFile } from "node:fs/promises";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { connectCalls } from "../programs/connect-calls.ts";
import { drive } from "../programs/drive.ts";
import type { LoadTask } from "../programs/messages.ts";
import { openTurns } from "../programs/turns.ts";

/** So many answers of each server at least are read and compared first: a neutral load knows no grpc-status. */
export const checkedCalls = 20;
const checkMs = 30_000;

/** Of a stream from the server: the clients of pairs read long ones to their end, and these are twenty. */
const mostMessages = 500;

/**
 * What a check asks for: as many calls at a time as are measured later, so that what a server refuses for their number is
 * seen too, and each of them once at least.
 */
export function checkTask(call: Omit<LoadTask, "ms" | "atMost">): LoadTask {
  const messages = Math.min(call.messages, mostMessages);
  return { ...call, messages, ms: checkMs, atMost: Math.max(checkedCalls, call.inFlight) };
}

export interface CheckedServer {
  readonly address: string;
  /** The authority that has signed its certificate; none without TLS. */
  readonly caFile?: string | undefined;
}

/** Calls a server by gRPC, and reads each status and answer. @throws when one is not right */
export async function checkServer({ address, caFile }: CheckedServer, task: LoadTask): Promise<void> {
  const tls = caFile === undefined ? {} : { ca: await readFile(caFile) };
  const baseUrl = `${caFile === undefined ? "http" : "https"}://${address}`;
  const sessionManager = new Http2SessionManager(baseUrl, {}, tls);
  try {
    const calls = connectCalls(createGrpcTransport({ baseUrl, sessionManager }));
    const { succeeded, failed, failure } = await drive(() => openTurns(calls, task), task);
    if (failed > 0 || succeeded < checkedCalls) {
      throw new Error(`of ${succeeded + failed} calls ${failed} were not answered right; ${failure ?? "too slowly"}`);
    }
  } finally {
    sessionManager.abort();
  }
}
