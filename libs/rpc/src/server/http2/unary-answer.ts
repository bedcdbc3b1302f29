import { ErrorCode, type ServerStream } from "@banyan/http2";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import {
  codeToHttpStatus,
  contentTypeUnaryJson,
  errorToJsonBytes,
  trailerMux,
} from "@connectrpc/connect/protocol-connect";
import type { Logger } from "@banyan/telemetry";
import { envelopeOf } from "../../wire/envelope.ts";
import { fieldsOf } from "../../wire/header-fields.ts";
import { answerHead } from "./answer-head.ts";
import { abandonRequest, visibleError } from "./call-over.ts";
import type { UnaryPlan } from "./call-plan.ts";
import { sendGrpcHead, sendGrpcStatus, sendGrpcTrailers } from "./grpc-answer.ts";
import type { UnaryInvocation } from "./unary-invocation.ts";

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
      bytes = this.#plan.implementation.serialization.getO(this.#plan.isBinary).serialize(message);
    } catch (error) {
      return this.fail(error);
    }
    if (this.#plan.protocol === "connect") this.#invocation.end();
    this.#compressed(bytes, (body, isCompressed) => this.#send(200, body, isCompressed));
  }

  /** The error that the call has ended with; one that is none of Connect's is not told. */
  fail(cause: unknown): void {
    this.#invocation.end(cause);
    const error = visibleError(cause);
    this.#guarded(() => {
      const { responseHeader, responseTrailer } = this.#invocation;
      if (this.#plan.protocol === "grpc") {
        sendGrpcHead(this.#stream, this.#plan, responseHeader);
        sendGrpcStatus(this.#stream, responseTrailer, error);
        return abandonRequest(this.#stream);
      }
      responseHeader.set("content-type", contentTypeUnaryJson);
      // What was received with an error of somebody else is not passed on.
      if (!error.isWireError) mergeNonProtocolHeaders(responseHeader, error.metadata);
      const json = errorToJsonBytes(error, this.#plan.implementation.options.jsonOptions);
      this.#compressed(json, (body, isCompressed) => this.#send(codeToHttpStatus(error.code), body, isCompressed));
    });
  }

  /** Hands the message on as it is to be sent: at once, where it is not to be compressed. */
  #compressed(bytes: Uint8Array, send: (bytes: Uint8Array, isCompressed: boolean) => void): void {
    const { compression, implementation } = this.#plan;
    if (compression === null || bytes.length < implementation.options.compressMinBytes) {
      return this.#guarded(() => send(bytes, false));
    }
    compression.compress(bytes).then(
      (compressed) => this.#guarded(() => send(compressed, true)),
      (error: unknown) => this.#breakOff(error),
    );
  }

  #send(status: number, body: Uint8Array, isCompressed: boolean): void {
    if (this.#plan.protocol === "connect") return this.#sendBody(status, body, isCompressed);
    const { responseHeader, responseTrailer } = this.#invocation;
    sendGrpcHead(this.#stream, this.#plan, responseHeader);
    for (const part of envelopeOf(body, isCompressed)) this.#stream.write(part);
    this.#invocation.end();
    sendGrpcTrailers(this.#stream, this.#plan, responseTrailer);
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
    this.#log.error({ error, method: this.#plan.implementation.spec.method.name }, "a call could not be answered");
    this.#stream.reset(ErrorCode.INTERNAL_ERROR, "the answer broke off");
  }
}
