import { portOf, type Finding } from "../finding.ts";
import type { ListedService, Scene } from "../scene.ts";
import { openCallStream, type Call } from "./call-stream.ts";

const sample = 20;

/**
 * A Go program calls through etcd's own naming resolver and round_robin, while one instance is alone, a second joins,
 * and the first is withdrawn. `REGISTRY_RECORD=endpoint` is all that the services are told.
 */
export async function proveOfficialResolver(scene: Scene, program: string): Promise<Finding[]> {
  const variables = { REGISTRY_RECORD: "endpoint", INSTANCE_VERSION: "1.4.0", INSTANCE_ZONE: "a" };
  await using first = await scene.startInstance("instance-1", variables);
  const args = [scene.etcdEndpoint, "official-resolver@example.com", "Official Resolver"];
  await using stream = openCallStream(program, args);
  const alone = await stream.next(sample);

  await using second = await scene.startInstance("instance-2", variables);
  await stream.until("a call that the second instance answers", isFrom(second));
  const together = await stream.next(sample);

  await first.stop();
  const after = await stream.next(sample);
  const failed = stream.calls.filter(({ error }) => error !== "");

  const share = (calls: readonly Call[], instance: ListedService): number => calls.filter(isFrom(instance)).length;
  const among = (calls: readonly Call[]): string =>
    `of ${sample} calls ${share(calls, first)} went to the first and ${share(calls, second)} to the second`;
  return [
    {
      promise: "the official resolver parses the record",
      seen: `${first.key} = ${first.value}; ${among(alone)}`,
      kept: share(alone, first) === sample,
    },
    {
      promise: "round_robin takes in an instance that joins",
      seen: among(together),
      kept: share(together, first) === sample / 2 && share(together, second) === sample / 2,
    },
    {
      promise: "an instance that is stopped gets no more calls",
      seen: among(after),
      kept: share(after, second) === sample,
    },
    {
      promise: "no call fails meanwhile",
      seen: `${failed.length} of ${stream.calls.length} calls failed${failed[0] ? `, first: ${failed[0].error}` : ""}`,
      kept: failed.length === 0,
    },
  ];
}

function isFrom({ address }: ListedService): (call: Call) => boolean {
  return ({ peer }) => portOf(peer) === portOf(address);
}
