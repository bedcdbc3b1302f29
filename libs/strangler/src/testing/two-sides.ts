import { OrderService } from "@banyan/stubs-order";
import { UserService } from "@banyan/stubs-user";
import { createClient, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { fixedRule } from "../rule/rule-source.ts";
import { parseTrafficRule, type TrafficRuleInit } from "../rule/traffic-rule.ts";
import type { Side } from "../side.ts";
import { splitTransport, type SplitOptions } from "../split/split-transport.ts";
import { recordLog } from "./recorded-log.ts";

type Handlers = Partial<ServiceImpl<typeof UserService>>;
type OrderHandlers = Partial<ServiceImpl<typeof OrderService>>;

export interface SideHandlers {
  readonly user?: Handlers;
  readonly order?: OrderHandlers;
}

/** A server in memory whose answers name it, and that remembers what it was asked. */
function server(side: Side, { user = {}, order = {} }: SideHandlers, asked: string[]) {
  return createRouterTransport(
    (router) => {
      router.service(UserService, {
        getUser: ({ userId }) => ({ userId, name: side }),
        createUser: () => ({ userId: side, success: true }),
        ...user,
      });
      router.service(OrderService, order);
    },
    {
      router: {
        interceptors: [
          (next) => (request) => {
            asked.push(`${side} ${request.method.name}`);
            return next(request);
          },
        ],
      },
    },
  );
}

/** A split over two servers in memory. */
export function twoSides(
  init: TrafficRuleInit,
  handlers: { readonly legacy?: SideHandlers; readonly candidate?: SideHandlers } = {},
  options: Partial<SplitOptions> = {},
) {
  const asked: string[] = [];
  const rule = fixedRule(parseTrafficRule(init));
  const [legacy, candidate] = [
    server("legacy", handlers.legacy ?? {}, asked),
    server("candidate", handlers.candidate ?? {}, asked),
  ];
  const { log, lines } = recordLog();
  const split = splitTransport(legacy, candidate, rule, { name: "user", log, ...options });
  return {
    split,
    rule,
    set: (next: TrafficRuleInit) => rule.set(parseTrafficRule(next)),
    users: createClient(UserService, split),
    orders: createClient(OrderService, split),
    /** Who was asked for what, in order. */
    asked,
    lines,
    counts: (method = "GetUser") => split.report("test").methods[method],
    [Symbol.asyncDispose]: () => split[Symbol.asyncDispose](),
  };
}
