import { ttlSeconds } from "../../fleet/fleet.ts";
import { easyWork, type CallerFault } from "../caller-fault.ts";

export const instanceKilled: CallerFault = {
  name: "instance-killed",
  title: "kill -9 of one of three",
  promise: "an instance that is killed fails no call that can be tried again, and p99 is normal within a TTL",
  rate: 200,
  work: easyWork,
  async strike(stage) {
    stage.begins("one is killed");
    await stage.victim.kill("SIGKILL");
    await stage.pause(ttlSeconds);
    stage.ends("its lease has run out");
    await stage.pause(3);
    stage.over();
    stage.holdNoneFailed();
    stage.holdBackWithinTtl();
  },
};
