import type { HeaderList, ServerStream } from "@banyan/http2";
import type { ConnectError } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { fieldsOf, writtenFields } from "../../wire/header-fields.ts";
import { answerHead } from "./answer-head.ts";
import type { CallPlan } from "./call-plan.ts";

const noFields: HeaderList = [];

/** Sends what an answer of gRPC begins with: the very same list as ever, where nobody has changed it. */
export function sendGrpcHead(stream: ServerStream, { answerHead: untouched, answerFields }: CallPlan, header: Headers) {
  const written = writtenFields(header, answerFields);
  if (written === undefined) stream.sendHeaders(answerHead(200).fields, fieldsOf(header));
  else stream.sendHeaders(untouched.fields, written.length === 0 ? undefined : written);
}

/** Sends what an answer of gRPC ends with when the call has succeeded. */
export function sendGrpcTrailers(stream: ServerStream, { trailerFields }: CallPlan, trailer: Headers): void {
  const written = writtenFields(trailer, trailerFields);
  if (written === undefined) stream.sendTrailers(noFields, fieldsOf(trailer));
  else stream.sendTrailers(trailerFields, written.length === 0 ? undefined : written);
}

/** Sends what an answer of gRPC ends with when the call has failed. */
export function sendGrpcStatus(stream: ServerStream, trailer: Headers, error: ConnectError): void {
  stream.sendTrailers(noFields, fieldsOf(setTrailerStatus(trailer, error)));
}
