import type { RequestHead, ServerStream, StreamListener } from "@banyan/http2";
import { callerAddress, type Logger } from "@banyan/telemetry";
import { createContextValues, type ContextValues } from "@connectrpc/connect";
import { isGrpc } from "../unknown-method.ts";
import type { BanyanHttp2Options } from "./banyan-http2-acceptor.ts";
import { BridgedCall } from "./bridged-call.ts";
import type { CallRoute, TakenCall } from "./call-routes.ts";
import { answerText, answerUnimplemented } from "./refused-call.ts";
import { StreamCall } from "./stream-call.ts";
import { UnaryCall, type UnaryCallOwner } from "./unary-call.ts";

/** Who calls on one connection: takes the requests, and gives each to whoever answers it. */
export class Caller implements UnaryCallOwner {
  readonly #options: BanyanHttp2Options;
  /** What the context values of every call have from the beginning. */
  readonly #values: ContextValues;
  readonly #scheme: "http" | "https";
  readonly #mostKeptBytes: number;
  readonly #routes = new WeakMap<RequestHead, CallRoute>();
  #keptBytes = 0;
  /** Calls that have begun in this turn, and were not whole at once. */
  #begun: UnaryCall[] = [];

  constructor(options: BanyanHttp2Options, address: string | undefined, scheme: "http" | "https") {
    this.#options = options;
    this.#values = createContextValues().set(callerAddress, address);
    this.#scheme = scheme;
    this.#mostKeptBytes = 1_000_000 * options.limits.maxConnectionMegabytes;
  }

  get log(): Logger {
    return this.#options.log;
  }

  /** @param isEnd whether the request has no body */
  take(stream: ServerStream, head: RequestHead, isEnd: boolean): StreamListener {
    const route = this.#routeOf(head);
    switch (route.tag) {
      case "nobody":
        if (!isGrpc(route.contentType)) return answerText(stream, 404, "not found");
        this.#options.onUnknown();
        return answerUnimplemented(stream, route.contentType, route.path);
      case "no authority":
        return answerText(stream, 400, "the Host header is not an authority");
      case "call": {
        const { plan } = route;
        const values: ContextValues = Object.create(this.#values);
        const taken = { route, head, values };
        if (plan?.tag === "stream") return new StreamCall(stream, plan, taken, this).start(isEnd);
        if (plan === undefined || isEnd) return this.bridge(taken, stream, [], isEnd);
        const call = new UnaryCall(stream, plan, taken, this);
        if (this.#begun.push(call) === 1) setImmediate(this.#watchArrivals);
        return call;
      }
      default:
        return route satisfies never;
    }
  }

  bridge(call: TakenCall, stream: ServerStream, arrived: readonly Uint8Array[], isEnd: boolean): StreamListener {
    return new BridgedCall(stream, call, this.log).start(arrived, isEnd);
  }

  keep(bytes: number): boolean {
    this.#keptBytes += bytes;
    return this.#keptBytes <= this.#mostKeptBytes;
  }

  readonly #watchArrivals = (): void => {
    const begun = this.#begun;
    this.#begun = [];
    for (const call of begun) call.watchArrival(this.#options.limits.requestTimeoutMs);
  };

  #routeOf(head: RequestHead): CallRoute {
    const known = head.isRemembered ? this.#routes.get(head) : undefined;
    if (known !== undefined) return known;
    const route = this.#options.routes.routeOf(head, this.#scheme);
    if (head.isRemembered) this.#routes.set(head, route);
    return route;
  }
}
