import { ClientProxyFactory, Transport } from "@nestjs/microservices";
import { Subject, firstValueFrom } from "rxjs";
import { readTask } from "../../src/transports/programs/control.ts";
import { runClient } from "../../src/transports/programs/run-client.ts";
import { contract } from "./contract.mjs";

const { address } = readTask();
const proxy = ClientProxyFactory.create({ transport: Transport.GRPC, options: { ...contract, url: address } });
const users = proxy.getService("UserService");
const bench = proxy.getService("BenchService");

await runClient({
  get: (userId) => firstValueFrom(users.getUser({ userId })),
  echo: async (payload) => (await firstValueFrom(bench.echo({ payload }))).payload,
  list(count, onNumber) {
    const { promise, resolve, reject } = Promise.withResolvers();
    bench.list({ count }).subscribe({ next: ({ number }) => onNumber(number), error: reject, complete: resolve });
    return promise;
  },
  chat() {
    const requests = new Subject();
    let answered = Promise.withResolvers();
    bench.chat(requests).subscribe({
      next: ({ number }) => answered.resolve(number),
      error: (error) => answered.reject(error),
    });
    return {
      turn(number) {
        answered = Promise.withResolvers();
        requests.next({ number });
        return answered.promise;
      },
      close: () => requests.complete(),
    };
  },
});
proxy.close();
