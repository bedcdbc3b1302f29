import { ErrorCode, type ServerStream, type StreamEnd, type StreamListener } from "@banyan/http2";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { Logger } from "@banyan/telemetry";
import { FieldHeaders } from "../../wire/field-headers.ts";
import { fieldsOf } from "../../wire/header-fields.ts";
import { answerHead } from "./answer-head.ts";
import { abandonRequest, callOver, reasonOf } from "./call-over.ts";
import type { TakenCall } from "./call-routes.ts";
import { RequestBody } from "./request-body.ts";
import { answerText } from "./refused-call.ts";

const contentType: ReadonlySet<string> = new Set(["content-type"]);

/** One call from a stream of ours to a universal handler of Connect and back: every protocol and shape that Connect has. */
export class BridgedCall implements StreamListener {
  readonly #stream: ServerStream;
  readonly #call: TakenCall;
  readonly #log: Logger;
  readonly #body: RequestBody;
  readonly #controller = new AbortController();
  #hasAnswered = false;
  /** Who waits until there is room for more of the answer. */
  #room: PromiseWithResolvers<void> | undefined;

  constructor(stream: ServerStream, call: TakenCall, log: Logger) {
    this.#stream = stream;
    this.#call = call;
    this.#log = log;
    this.#body = new RequestBody((bytes) => stream.consumed(bytes));
  }

  /**
   * Begins to work on it.
   *
   * @param arrived what of the body has come, and has been given back
   * @param isEnd whether that is all
   */
  start(arrived: readonly Uint8Array[], isEnd: boolean): this {
    for (const part of arrived) this.#body.push(part, 0);
    if (isEnd) this.#body.end();
    const { route, head, values } = this.#call;
    route
      .handler({
        httpVersion: "2.0",
        method: head.method,
        url: route.url,
        header: new FieldHeaders(route.fields),
        body: this.#body,
        signal: this.#controller.signal,
        contextValues: values,
      })
      .then((response) => this.#answer(response))
      .catch((error: unknown) => {
        if (this.#stream.isClosed) return;
        this.#log.error({ error, path: head.path }, "a call could not be answered");
        if (this.#hasAnswered) this.#stream.reset(ErrorCode.INTERNAL_ERROR, "the answer broke off");
        else answerText(this.#stream, 500, "internal error");
      });
    return this;
  }

  onData(bytes: Buffer, start: number, end: number, isEnd: boolean): void {
    this.#body.push(bytes.subarray(start, end), end - start);
    if (isEnd) this.#body.end();
  }

  onTrailers(): void {
    this.#body.end();
  }

  onDrain(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  onClosed(end: StreamEnd): void {
    const reason = reasonOf(end);
    this.#controller.abort(reason);
    this.#body.fail(reason);
    this.#room?.reject(reason);
    this.#room = undefined;
  }

  async #answer({ status, header, body, trailer }: UniversalServerResponse): Promise<void> {
    const messages = body?.[Symbol.asyncIterator]();
    try {
      // The first octets before the headers: what a handler does until then may change them.
      let chunk = await messages?.next();
      this.#sendHead(status, header);
      for (; chunk?.done === false; chunk = await messages?.next()) {
        const failure = await this.#write(chunk.value);
        if (failure === undefined) continue;
        // The handler learns that nobody reads what it says.
        messages?.throw?.(failure).catch(() => undefined);
        return;
      }
      if (trailer === undefined) this.#stream.write(Buffer.alloc(0), true);
      else this.#stream.sendTrailers([], fieldsOf(trailer));
      abandonRequest(this.#stream);
    } finally {
      messages?.return?.().catch(() => undefined);
    }
  }

  #sendHead(status: number, header: Headers | undefined): void {
    this.#hasAnswered = true;
    const type = header?.get("content-type");
    const head = typeof type === "string" ? answerHead(status, "content-type", type) : answerHead(status);
    const passing = header === undefined ? undefined : fieldsOf(header, contentType);
    this.#stream.sendHeaders(head.fields, passing);
  }

  /** Resolves when there is room for more, with the reason why there will be none. */
  async #write(bytes: Uint8Array): Promise<unknown> {
    if (this.#stream.isClosed) return this.#controller.signal.reason ?? callOver;
    if (this.#stream.write(bytes)) return undefined;
    this.#room = Promise.withResolvers();
    return this.#room.promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
  }
}
