import { UserService } from "@banyan/stubs-user";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { envelope } from "../measure/envelope.ts";
import { openRawConnection } from "../measure/raw-connection.ts";
import { readTask } from "./control.ts";
import { clientTask } from "./messages.ts";
import { runClient } from "./run-client.ts";

/** Opens a connection for each call, and closes it after the answer: the neutral load for servers that are asked so. */
const { address } = clientTask.parse(readTask());
const { getUser } = UserService.method;

await runClient({
  async get(userId) {
    const connection = await openRawConnection(address);
    const request = envelope(toBinary(getUser.input, create(getUser.input, { userId })));
    const answer = await connection.request(`/${UserService.typeName}/${getUser.name}`, request).finally(() => {
      connection.close();
    });
    return fromBinary(getUser.output, answer.subarray(5));
  },
});
