import type { EtcdFlags } from "@banyan/dev";
import type { Bounds } from "./bounds.ts";
import type { Stage } from "./stage.ts";
import type { ClusterWorld } from "./world/cluster.ts";
import type { Credentials } from "./world/operator.ts";
import type { SingleWorld } from "./world/single.ts";
import type { World } from "./world/world.ts";

interface FaultIn<Kind extends string, W extends World> {
  /** As in `npm run torture -- <name>`. */
  readonly name: string;
  /** What happens, as the table calls it. */
  readonly title: string;
  /** What is promised, as the name of a test. */
  readonly promise: string;
  /** Which etcd it needs: one member, or three. */
  readonly world: Kind;
  readonly bounds: Bounds;
  /** For etcd. */
  readonly flags?: EtcdFlags;
  /** Where etcd is to let nobody else in. */
  readonly credentials?: Credentials;
  /** The whole row is given up after so long, default 180. */
  readonly limitSeconds?: number;

  /**
   * Does it to the world, and waits until all is well again by `stage.recovered()` and `stage.settled()`.
   *
   * @throws when that did not come to pass
   */
  strike(stage: Stage<W>): Promise<void>;
}

/** One row of the table: something that goes wrong, and what must hold all the same. */
export type Fault = SingleFault | ClusterFault;

export type SingleFault = FaultIn<"single", SingleWorld>;
export type ClusterFault = FaultIn<"cluster", ClusterWorld>;
