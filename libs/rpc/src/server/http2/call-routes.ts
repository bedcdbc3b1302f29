import type { HeaderList, RequestHead } from "@banyan/http2";
import type { ContextValues } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { fieldValue, validFields } from "../../wire/header-fields.ts";
import { insteadOfOpaque, isOpaqueAuthority } from "../authority.ts";
import type { StreamMethod, UnaryMethod } from "../recorded-methods.ts";
import { callPlan, type StreamPlan, type UnaryPlan } from "./call-plan.ts";

/** Who answers a request. */
export type CallRoute =
  | { readonly tag: "nobody"; readonly path: string; readonly contentType: string }
  | { readonly tag: "no authority" }
  | {
      readonly tag: "call";
      readonly handler: UniversalHandler;
      readonly url: string;
      /** Those that `Headers` may have. */
      readonly fields: HeaderList;
      /** How it is answered without that handler; undefined when it cannot be. */
      readonly plan: UnaryPlan | StreamPlan | undefined;
    };

/** A call that has begun. */
export interface TakenCall {
  readonly route: Extract<CallRoute, { readonly tag: "call" }>;
  readonly head: RequestHead;
  readonly values: ContextValues;
}

/** Authorities are remembered up to so many: an honest server is known by a few. */
const mostAuthorities = 256;

/** Finds who answers, by the fields that requests begin with. */
export class CallRoutes {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;
  readonly #methods: ReadonlyMap<string, UnaryMethod | StreamMethod>;
  readonly #origins = new Map<string, string | undefined>();

  constructor(handlers: readonly UniversalHandler[], methods: ReadonlyMap<string, UnaryMethod | StreamMethod>) {
    this.#handlers = new Map(handlers.map((handler) => [handler.requestPath, handler]));
    this.#methods = methods;
  }

  /** @param scheme of the connection, whatever the caller says of it */
  routeOf(head: RequestHead, scheme: "http" | "https"): CallRoute {
    const { path } = head;
    const query = path.indexOf("?");
    const name = query < 0 ? path : path.slice(0, query);
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      return { tag: "nobody", path: name, contentType: fieldValue(head.fields, "content-type") ?? "" };
    }
    const origin = this.#originOf(scheme, head.authority);
    if (origin === undefined) return { tag: "no authority" };
    const fields = validFields(head.fields);
    if (query >= 0) return { tag: "call", handler, fields, url: new URL(path, origin).toString(), plan: undefined };
    const method = head.method === "POST" ? this.#methods.get(name) : undefined;
    return { tag: "call", handler, fields, url: origin + path, plan: method && callPlan(method, head) };
  }

  /** Undefined when it is no authority. */
  #originOf(scheme: "http" | "https", authority: string): string | undefined {
    const key = `${scheme}://${authority}`;
    const known = this.#origins.get(key);
    if (known !== undefined || this.#origins.has(key)) return known;
    const asked = `${scheme}://${isOpaqueAuthority(authority) ? insteadOfOpaque : authority}`;
    const origin = authority !== "" && URL.canParse(asked) ? new URL(asked).origin : undefined;
    if (this.#origins.size >= mostAuthorities) this.#origins.clear();
    this.#origins.set(key, origin);
    return origin;
  }
}
