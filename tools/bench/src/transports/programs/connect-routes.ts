import { UserService } from "@banyan/stubs-user";
import type { ConnectRouter, Interceptor } from "@connectrpc/connect";
import { BenchService } from "../../gen/bench/v1/bench_pb.ts";
import { user } from "./calls.ts";

/** The services as handlers of Connect. @param interceptors in the place of those of the router */
export function connectRoutes(interceptors?: Interceptor[]): (router: ConnectRouter) => void {
  const options = interceptors && { interceptors };
  return (router) =>
    router
      .service(UserService, { getUser: ({ userId }) => ({ userId, name: user.name, email: user.email }) }, options)
      .service(
        BenchService,
        {
          echo: ({ payload }) => ({ payload }),
          async *list({ count }) {
            for (let number = 0; number < count; number++) yield { number, name: user.name };
          },
          async *chat(requests) {
            for await (const { number } of requests) yield { number };
          },
        },
        options,
      );
}
