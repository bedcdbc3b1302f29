import { freePort, startEtcd, type Etcd } from "@banyan/dev";
import { startProxy, type Proxy } from "../proxy/proxy.ts";
import { raftSource } from "../proxy/raft-source.ts";
import { Operator } from "./operator.ts";
import type { World, WorldOptions } from "./world.ts";

/** An etcd of three members. */
export interface ClusterWorld extends World {
  readonly kind: "cluster";
  /** In the order of the endpoints. */
  readonly members: readonly Member[];
  /** Whom the others follow. @throws while there is nobody */
  leader(): Promise<Member>;
}

/** One of three. The others dial it through a proxy, so that it can be cut off from them. */
export interface Member {
  readonly name: string;
  readonly endpoint: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Drops every packet between it and the other members, both ways; its clients still reach it. */
  cutOff(): void;
  /** What was held back is delivered. */
  rejoin(): void;
}

interface StartedMember extends Member {
  /** As raft requests spell it, hexadecimal. */
  readonly id: string;
  /** It is up and not cut off. */
  readonly isSound: boolean;
}

const names = ["one", "two", "three"];

export async function openCluster(options: WorldOptions): Promise<ClusterWorld> {
  await using opening = new AsyncDisposableStack();
  const seats = await Promise.all(
    names.map(async (name) => {
      const peerPort = await freePort();
      return { name, peerPort, proxy: opening.use(await startProxy({ target: peerPort, identify: raftSource })) };
    }),
  );
  const proxies = seats.map(({ proxy }) => proxy);
  const cluster = Object.fromEntries(seats.map(({ name, proxy }) => [name, `http://127.0.0.1:${proxy.port}`]));
  const starting = seats.map(({ name, peerPort }) => {
    const advertisedPeerUrl = cluster[name] ?? "";
    const member = { name, peerUrl: `http://127.0.0.1:${peerPort}`, advertisedPeerUrl, cluster };
    return startEtcd({ ...options, onLine: (line) => options.onLine(`${name} ${line}`), member });
  });
  const outcomes = await Promise.allSettled(starting);
  const etcds = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [opening.use(outcome.value)] : []));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;

  const members = await Promise.all(etcds.map((etcd, i) => describeMember(names[i] ?? "", etcd, proxies, i)));
  const soundOne = (): string => {
    const sound = members.find(({ isSound }) => isSound);
    if (sound === undefined) throw new Error("no member is up and with the others");
    return sound.endpoint;
  };
  const operator = new Operator(soundOne);
  const opened = opening.move();
  return {
    kind: "cluster",
    version: etcds[0]?.version ?? "",
    endpoints: members.map(({ endpoint }) => endpoint),
    operator,
    members,
    async leader() {
      const id = hexadecimal((await operator.status()).leader);
      const leader = members.find((member) => member.id === id);
      if (leader === undefined) throw new Error("the cluster has no leader at present");
      return leader;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function describeMember(
  name: string,
  etcd: Etcd,
  proxies: readonly Proxy[],
  own: number,
): Promise<StartedMember> {
  const { endpoint } = etcd;
  const id = hexadecimal((await new Operator(() => endpoint).status()).member);
  let isSound = true;
  return {
    name,
    endpoint,
    id,
    get isSound() {
      return isSound;
    },
    async kill() {
      isSound = false;
      await etcd.kill("SIGKILL");
    },
    async restart() {
      await etcd.restart();
      isSound = true;
    },
    cutOff() {
      isSound = false;
      proxies.forEach((proxy, i) => (i === own ? proxy.hold("both") : proxy.hold("both", id)));
    },
    rejoin() {
      proxies.forEach((proxy) => proxy.heal());
      isSound = true;
    },
  };
}

function hexadecimal(decimal: string): string {
  return BigInt(decimal).toString(16);
}
