import { ttlSeconds } from "../../fleet/fleet.ts";
import type { Way } from "../../proxy/connection.ts";
import { easyWork, type CallerFault } from "../caller-fault.ts";

/** The victim lives and is announced all the while: etcd is reached by another way. */
function halfOpen(ways: Way | "both", name: string, title: string): CallerFault {
  return {
    name,
    title,
    promise: `half-open, ${title}: no call fails that can be tried again, and p99 is normal within a TTL`,
    rate: 200,
    work: easyWork,
    proxied: true,
    async strike(stage) {
      stage.begins(`packets are dropped: ${ways}`);
      stage.proxy.hold(ways);
      await stage.pause(ttlSeconds + 3);
      stage.proxy.heal();
      stage.ends("they flow again");
      await stage.pause(4);
      stage.over();
      stage.holdNoneFailed();
      stage.holdBackWithinTtl();
    },
  };
}

export const instanceDeaf = halfOpen("there", "instance-deaf", "nothing reaches one of three");
export const instanceMute = halfOpen("back", "instance-mute", "nothing comes from one of three");
export const instanceCutOff = halfOpen("both", "instance-cut-off", "one of three is cut off");
