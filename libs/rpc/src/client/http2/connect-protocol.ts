import type { HeaderList, ResponseHead } from "@banyan/http2";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import {
  errorFromJsonBytes,
  headerTimeout,
  headerUnaryTrailerPrefix,
  requestHeaderWithCompression,
  validateResponseWithCompression,
} from "@connectrpc/connect/protocol-connect";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { validFields } from "../../wire/header-fields.ts";
import { acceptedCompressions, askedCompressions } from "./known-method.ts";
import type { UnaryBody, UnaryProtocol } from "./unary-protocol.ts";

/** "Timeouts […] are specified as an ASCII integer of at most 10 digits". */
const largestTimeoutMs = 9_999_999_999;

/** @see https://connectrpc.com/docs/protocol */
export function connectProtocol(acceptCompression: boolean): UnaryProtocol {
  const asked = askedCompressions(acceptCompression);
  const header = requestHeaderWithCompression("unary", true, undefined, undefined, asked, null, true);
  return { ...connect, header: Array.from(header).flat() };
}

const connect: Omit<UnaryProtocol, "header"> = {
  timeoutField: headerTimeout.toLowerCase(),
  timeoutText: (timeoutMs) => String(Math.min(largestTimeoutMs, Math.ceil(timeoutMs))),
  encode: (message) => message,
  open: (head) => openingOf(head).compression,
  body: (maxBytes) => new PlainBody(maxBytes),
  answer({ head, bytes = nothing, parse }) {
    const { isError, header, trailer } = openingOf(head);
    if (isError) throw errorOf(head, bytes);
    return { header: new FieldHeaders(header), message: parse(bytes), trailer: new FieldHeaders(trailer) };
  },
};

/** What a response's head says. */
interface Opening {
  readonly compression: Compression | null;
  /** Whether the body is an error in JSON. */
  readonly isError: boolean;
  readonly header: HeaderList;
  /** Fields that stand among the headers, by a prefix to their names. */
  readonly trailer: HeaderList;
}

/** By their identity: heads of one connection are the same objects again and again. */
const openings = new WeakMap<ResponseHead, Opening>();

/** @throws {ConnectError} when it is no response of Connect, or is compressed by something that was not asked for */
function openingOf(head: ResponseHead): Opening {
  const known = openings.get(head);
  if (known !== undefined) return known;
  const { compression, isUnaryError } = validate(head);
  const [header, trailer]: [string[], string[]] = [[], []];
  const fields = validFields(head.fields);
  for (let at = 0; at < fields.length; at += 2) {
    const [name = "", value = ""] = [fields[at], fields[at + 1]];
    if (name.startsWith(trailerPrefix)) trailer.push(name.slice(trailerPrefix.length), value);
    else header.push(name, value);
  }
  const opening = { compression: compression ?? null, isError: isUnaryError, header, trailer };
  openings.set(head, opening);
  return opening;
}

/** The error that a body tells of; one that cannot be read leaves that of the HTTP status. */
function errorOf(head: ResponseHead, bytes: Uint8Array): ConnectError {
  const { header, trailer } = openingOf(head);
  const validated = validate(head);
  if (!validated.isUnaryError) return new ConnectError(`HTTP ${head.status}`, Code.Unknown);
  try {
    return errorFromJsonBytes(bytes, new FieldHeaders([...header, ...trailer]), validated.unaryError);
  } catch (error) {
    return ConnectError.from(error);
  }
}

function validate({ status, fields }: ResponseHead): ReturnType<typeof validateResponseWithCompression> {
  return validateResponseWithCompression(
    "unary",
    acceptedCompressions,
    true,
    status,
    new FieldHeaders(validFields(fields)),
  );
}

const trailerPrefix = headerUnaryTrailerPrefix.toLowerCase();
const nothing = new Uint8Array(0);

/** A body that is one message, without an envelope. */
class PlainBody implements UnaryBody {
  readonly #maxBytes: number;
  #first: Uint8Array = nothing;
  /** All pieces, where there are more. */
  #parts: Uint8Array[] | undefined;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const piece = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
    if (this.#length === 0) this.#first = piece;
    else (this.#parts ??= [this.#first]).push(piece);
    this.#length += end - start;
    if (this.#length <= this.#maxBytes) return;
    throw new ConnectError(
      `message size is larger than configured readMaxBytes ${this.#maxBytes}`,
      Code.ResourceExhausted,
    );
  }

  take(compression: Compression | null): Uint8Array | Promise<Uint8Array> {
    const bytes = this.#parts === undefined ? this.#first : Buffer.concat(this.#parts, this.#length);
    return compression === null ? bytes : compression.decompress(new Uint8Array(bytes), this.#maxBytes);
  }
}
