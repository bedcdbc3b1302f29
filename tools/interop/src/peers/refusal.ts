import { BadRequestSchema, ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { fromBinary } from "@bufbuild/protobuf";
import { z } from "zod";

/** What a refused call says to a program. */
export const refusal = z.object({
  /** As gRPC spells it: `NOT_FOUND`. */
  code: z.string(),
  /** Of google.rpc.ErrorInfo. */
  reason: z.string().optional(),
  /** Those in google.rpc.BadRequest. */
  fields: z.array(z.string()),
});

export type Refusal = z.infer<typeof refusal>;

/** One message of a status's details. */
export interface Detail {
  /** The message's full name, with or without what stands before it in a type URL. */
  readonly type: string;
  readonly value: Uint8Array;
}

/** @param details as a status has them; what is neither ErrorInfo nor BadRequest is left out */
export function refusalOf(code: string, details: readonly Detail[]): Refusal {
  const values = (type: string): Uint8Array[] =>
    details.filter((d) => d.type.split("/").at(-1) === type).map(({ value }) => value);
  const [info] = values("google.rpc.ErrorInfo").map((value) => fromBinary(ErrorInfoSchema, value));
  const bad = values("google.rpc.BadRequest").map((value) => fromBinary(BadRequestSchema, value));
  const fields = bad.flatMap(({ fieldViolations }) => fieldViolations.map(({ field }) => field));
  return { code, ...(info && { reason: info.reason }), fields };
}

const connectError = z.object({
  code: z.string(),
  details: z.array(z.object({ type: z.string(), value: z.string() })).default([]),
});

/**
 * Reads an error as Connect writes it, and `buf curl` prints it.
 *
 * @see https://connectrpc.com/docs/protocol#error-end-stream
 */
export function refusalOfJson(text: string): Refusal {
  return refusalOfError(JSON.parse(text));
}

const endOfStream = z.object({ error: z.unknown() });

/** Reads the error in the message that ends a stream of Connect. @throws {Error} when there is none */
export function refusalOfEnd(message: Uint8Array = Buffer.from("{}")): Refusal {
  return refusalOfError(endOfStream.parse(JSON.parse(Buffer.from(message).toString())).error);
}

function refusalOfError(error: unknown): Refusal {
  const { code, details } = connectError.parse(error);
  const decoded = details.map(({ type, value }) => ({ type, value: Buffer.from(value, "base64") }));
  return refusalOf(code.toUpperCase(), decoded);
}
