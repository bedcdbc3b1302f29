import { UserService } from "@banyan/stubs-user";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";
import { createWritableIterable } from "@connectrpc/connect/protocol";
import { BenchService, type ChatRequestSchema } from "../../gen/bench/v1/bench_pb.ts";
import type { Calls } from "./calls.ts";

/** The calls by Connect's client, whatever the transport. */
export function connectCalls(transport: Transport): Required<Calls> {
  const users = createClient(UserService, transport);
  const bench = createClient(BenchService, transport);
  return {
    get: (userId) => users.getUser({ userId }),
    echo: async (payload) => (await bench.echo({ payload })).payload,
    async list(count, onNumber) {
      for await (const { number } of bench.list({ count })) onNumber(number);
    },
    chat() {
      const requests = createWritableIterable<MessageInitShape<typeof ChatRequestSchema>>();
      const answers = bench.chat(requests)[Symbol.asyncIterator]();
      return {
        async turn(number) {
          const [, { value, done }] = await Promise.all([requests.write({ number }), answers.next()]);
          if (done === true) throw new Error("the stream has ended");
          return value.number;
        },
        close: () => requests.close(),
      };
    },
  };
}
