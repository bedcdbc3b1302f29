import { z } from "zod";
import type { Finding } from "../finding.ts";
import { refusal, type Refusal } from "./refusal.ts";

/** The user that every peer creates; the name is none of ASCII alone. */
export const newUser = (email: string) => ({ email, name: "Ada Λ", password: "correct horse" });

/** One that is refused, in a request of 1 MiB: more than the window of a stream holds at first. */
export const longUser = () => ({ ...newUser("long@example.com"), name: "n".repeat(1 << 20) });

/** A UUID that no user has. */
export const unknownUserId = "0190f0a0-0000-7000-8000-000000000000";

/** The header that the services return as it came. */
export const requestIdHeader = "x-request-id";
export const requestId = "from-a-peer";

/** What a peer saw, one way. */
export const account = z.object({
  /** Of the user that it created, as GetUser tells it. */
  name: z.string(),
  /** The header of that answer. */
  requestId: z.string().optional(),
  /** GetUser with an id that no user has. */
  unknownUser: refusal,
  /** CreateUser with `longUser`. */
  longName: refusal,
  /** How `grpc.health.v1.Health/Watch` ended, a stream that outlives its deadline. */
  late: refusal,
});

export type Account = z.infer<typeof account>;

/** @param way how it was called, as in `gRPC over TLS` */
export function judge(way: string, seen: Account): Finding[] {
  const finding = (promise: string, shown: string, kept: boolean): Finding => ({
    promise: `${way}: ${promise}`,
    seen: shown,
    kept,
  });
  const refused = (promise: string, call: Refusal, expected: Refusal): Finding =>
    finding(promise, show(call), show(call) === show(expected));
  return [
    finding("a user that was created is read back", seen.name, seen.name === newUser("").name),
    finding("metadata goes in and comes out", seen.requestId ?? "nothing", seen.requestId === requestId),
    refused("an unknown user is refused with the reason", seen.unknownUser, {
      code: "NOT_FOUND",
      reason: "USER_NOT_FOUND",
      fields: [],
    }),
    refused("a request of 1 MiB is read whole, and refused by its field", seen.longName, {
      code: "INVALID_ARGUMENT",
      reason: "INVALID_INPUT",
      fields: ["name"],
    }),
    refused("a stream ends at its deadline", seen.late, { code: "DEADLINE_EXCEEDED", fields: [] }),
  ];
}

function show({ code, reason, fields }: Refusal): string {
  return [code, reason ?? [], fields].flat().join(" ");
}
