import { StatusSchema } from "@banyan/stubs-standard/status";
import { fromBinary } from "@bufbuild/protobuf";
import type { BrowserAnswer } from "./browser-fetch.ts";
import { envelopesIn } from "./envelope.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

const codeNames: Readonly<Record<string, string>> = {
  "0": "OK",
  "3": "INVALID_ARGUMENT",
  "4": "DEADLINE_EXCEEDED",
  "5": "NOT_FOUND",
};

/**
 * Reads the status of an answer of gRPC-Web: trailers in the last envelope, or in the headers where there is no body.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export function grpcWebStatus({ headers, body }: BrowserAnswer): Refusal {
  const last = envelopesIn(body).at(-1);
  const trailers = last === undefined ? headers : readTrailers(last.toString());
  const status = trailers.get("grpc-status") ?? "";
  const encoded = Buffer.from(trailers.get("grpc-status-details-bin") ?? "", "base64");
  const { details } = fromBinary(StatusSchema, encoded);
  const named = details.map(({ typeUrl, value }) => ({ type: typeUrl, value }));
  return refusalOf(codeNames[status] ?? `grpc-status ${status}`, named);
}

function readTrailers(text: string): Headers {
  const lines = text.split("\r\n").filter((line) => line !== "");
  return new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}
