import { askHealth, http2Transport } from "@banyan/rpc";
import { ExpectedError } from "@banyan/service";
import { ServerReflection } from "@banyan/stubs-standard/reflection-v1";
import { createClient } from "@connectrpc/connect";

const boundMs = 10_000;

/**
 * Calls a service at an address: grpc.health.v1 has to say SERVING under its name, and reflection has to list a service of
 * its contract.
 *
 * @param name as in `user`
 * @returns the full names of the services of its contract, as in `user.v1.UserService`
 * @throws {ExpectedError} saying what was answered instead
 */
export async function callService(address: string, name: string): Promise<string[]> {
  const health = await askHealth(address, name, { timeoutMs: boundMs });
  if (health.tag !== "status" || health.status !== "SERVING") {
    const answer = health.tag === "status" ? health.status : "reason" in health ? health.reason : health.tag;
    throw new ExpectedError(`grpc.health.v1 at ${address} says of ${name}: ${answer}`);
  }
  await using transport = http2Transport(address);
  const question = { messageRequest: { case: "listServices" as const, value: "" } };
  const answers = createClient(ServerReflection, transport).serverReflectionInfo(once(question), {
    timeoutMs: boundMs,
  });
  const [answer] = await Array.fromAsync(answers);
  const listed = answer?.messageResponse.case === "listServicesResponse" ? answer.messageResponse.value.service : [];
  const own = listed.map((service) => service.name).filter((full) => full.startsWith(`${name.replaceAll("-", "_")}.`));
  if (own.length === 0) throw new ExpectedError(`reflection at ${address} lists no service of ${name}`);
  return own;
}

async function* once<Message>(message: Message): AsyncGenerator<Message> {
  yield message;
}
