import type { HeaderList, ResponseHead } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { headerGrpcStatus, validateResponseWithCompression, validateTrailer } from "@connectrpc/connect/protocol-grpc";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { validFields } from "../../wire/header-fields.ts";
import { acceptedCompressions } from "./known-method.ts";

/** What a response's head says. */
export interface Opening {
  /** By what its messages are compressed, where they say they are. */
  readonly compression: Compression | null;
  /** Whether it has a status already: the response is nothing but these fields. */
  readonly hasStatus: boolean;
  /** Whether that status is an error. */
  readonly hasError: boolean;
}

/** Heads and trailers that are all right, by their identity: those of one connection are the same objects again and again. */
const openings = new WeakMap<ResponseHead, Opening>();
const goodTrailers = new WeakSet<HeaderList>();

/** @throws {ConnectError} when it is no response of gRPC, or is compressed by something that was not asked for */
export function openingOf(head: ResponseHead): Opening {
  const known = openings.get(head);
  if (known !== undefined) return known;
  const { compression, foundStatus, headerError } = validateHead(head);
  const opening = {
    compression: compression ?? null,
    hasStatus: foundStatus,
    hasError: headerError !== undefined,
  };
  openings.set(head, opening);
  return opening;
}

/** @throws {ConnectError} the error that the trailers tell of, or INTERNAL when they do not tell the status */
export function checkTrailers(trailers: HeaderList, head: ResponseHead): void {
  if (goodTrailers.has(trailers)) return;
  validateTrailer(new FieldHeaders(validFields(trailers)), new FieldHeaders(validFields(head.fields)));
  // What has no status itself is good only together with its head.
  if (new FieldHeaders(trailers).has(headerGrpcStatus)) goodTrailers.add(trailers);
}

/** The error that a head tells of, where it has a status. */
export function errorOf(head: ResponseHead): ConnectError | undefined {
  return validateHead(head).headerError;
}

/** The error of a unary call whose response has no message. */
export function noMessage(trailers: HeaderList, head: ResponseHead): ConnectError {
  const hasStatus = new FieldHeaders(trailers).has(headerGrpcStatus);
  return (
    errorOf(head) ??
    new ConnectError(
      "protocol error: missing output message for unary method",
      hasStatus ? Code.Unimplemented : Code.Unknown,
    )
  );
}

function validateHead({ status, fields }: ResponseHead): ReturnType<typeof validateResponseWithCompression> {
  return validateResponseWithCompression(acceptedCompressions, status, new FieldHeaders(validFields(fields)));
}
