import { ErrorCode, type HeaderList, type ServerStream } from "@banyan/http2";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import {
  codeToHttpStatus,
  contentTypeUnaryJson,
  errorToJsonBytes,
  trailerMux,
} from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import type { Logger } from "@banyan/telemetry";
import { envelopeOf } from "../../wire/envelope.ts";
import { fieldsOf, writtenFields } from "../../wire/header-fields.ts";
import { answerHead } from "./answer-head.ts";
import { abandonRequest } from "./call-over.ts";
import type { UnaryInvocation } from "./unary-invocation.ts";
import type { UnaryPlan } from "./unary-plan.ts";

const noFields: HeaderList = [];
const contentTypeAlone: ReadonlySet<string> = new Set(["content-type"]);

/** Sends what a unary call has come to. Nothing is thrown: what cannot be sent is logged, and the stream is broken off. */
export class UnaryAnswer {
  readonly #stream: ServerStream;
  readonly #plan: UnaryPlan;
  readonly #invocation: UnaryInvocation;
  readonly #log: Logger;

  constructor(stream: ServerStream, plan: UnaryPlan, invocation: UnaryInvocation, log: Logger) {
    this.#stream = stream;
    this.#plan = plan;
    this.#invocation = invocation;
    this.#log = log;
  }

  /** The message that the call has ended with. */
  succeed(message: MessageShape<DescMessage>): void {
    let bytes: Uint8Array;
    try {
      bytes = this.#plan.method.serialization.getO(this.#plan.isBinary).serialize(message);
    } catch (error) {
      return this.fail(error);
    }
    if (this.#plan.protocol === "connect") this.#invocation.end();
    this.#compressed(bytes, (body, isCompressed) => this.#send(200, body, isCompressed));
  }

  /** The error that the call has ended with; one that is none of Connect's is not told. */
  fail(cause: unknown): void {
    this.#invocation.end(cause);
    const error =
      cause instanceof ConnectError
        ? cause
        : new ConnectError("internal error", Code.Internal, undefined, undefined, cause);
    this.#guarded(() => {
      if (this.#plan.protocol === "grpc") return this.#sendStatus(error);
      const { responseHeader } = this.#invocation;
      responseHeader.set("content-type", contentTypeUnaryJson);
      // What was received with an error of somebody else is not passed on.
      if (!error.isWireError) mergeNonProtocolHeaders(responseHeader, error.metadata);
      const json = errorToJsonBytes(error, this.#plan.method.options.jsonOptions);
      this.#compressed(json, (body, isCompressed) => this.#send(codeToHttpStatus(error.code), body, isCompressed));
    });
  }

  /** Hands the message on as it is to be sent: at once, where it is not to be compressed. */
  #compressed(bytes: Uint8Array, send: (bytes: Uint8Array, isCompressed: boolean) => void): void {
    const { compression, method } = this.#plan;
    if (compression === null || bytes.length < method.options.compressMinBytes) {
      return this.#guarded(() => send(bytes, false));
    }
    compression.compress(bytes).then(
      (compressed) => this.#guarded(() => send(compressed, true)),
      (error: unknown) => this.#breakOff(error),
    );
  }

  #send(status: number, body: Uint8Array, isCompressed: boolean): void {
    if (this.#plan.protocol === "connect") return this.#sendBody(status, body, isCompressed);
    this.#sendGrpcHead();
    for (const part of envelopeOf(body, isCompressed)) this.#stream.write(part);
    this.#invocation.end();
    const { responseTrailer } = this.#invocation;
    const { trailerFields } = this.#plan;
    const written = writtenFields(responseTrailer, trailerFields);
    if (written === undefined) this.#stream.sendTrailers(noFields, fieldsOf(responseTrailer));
    else this.#stream.sendTrailers(trailerFields, written.length === 0 ? undefined : written);
  }

  #sendStatus(error: ConnectError): void {
    this.#sendGrpcHead();
    this.#stream.sendTrailers(noFields, fieldsOf(setTrailerStatus(this.#invocation.responseTrailer, error)));
    abandonRequest(this.#stream);
  }

  #sendGrpcHead(): void {
    const { responseHeader } = this.#invocation;
    const { answerHead: untouched, answerFields } = this.#plan;
    const written = writtenFields(responseHeader, answerFields);
    if (written === undefined) this.#stream.sendHeaders(answerHead(200).fields, fieldsOf(responseHeader));
    else this.#stream.sendHeaders(untouched.fields, written.length === 0 ? undefined : written);
  }

  /** All of an answer of Connect: trailers are headers with a prefix. */
  #sendBody(status: number, body: Uint8Array, isCompressed: boolean): void {
    const { responseHeader, responseTrailer } = this.#invocation;
    const { compression } = this.#plan;
    const header = trailerMux(responseHeader, responseTrailer);
    header.set("content-length", String(body.length));
    if (isCompressed && compression !== null) header.set("content-encoding", compression.name);
    const type = header.get("content-type");
    const head = type === null ? answerHead(status) : answerHead(status, "content-type", type);
    this.#stream.sendHeaders(head.fields, fieldsOf(header, contentTypeAlone));
    this.#stream.write(body, true);
    abandonRequest(this.#stream);
  }

  #guarded(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  #breakOff(error: unknown): void {
    this.#invocation.end(error);
    if (this.#stream.isClosed) return;
    this.#log.error({ error, method: this.#plan.method.spec.method.name }, "a call could not be answered");
    this.#stream.reset(ErrorCode.INTERNAL_ERROR, "the answer broke off");
  }
}
