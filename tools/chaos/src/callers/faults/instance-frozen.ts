import { ttlSeconds } from "../../fleet/fleet.ts";
import { easyWork, type CallerFault } from "../caller-fault.ts";

export const instanceFrozen: CallerFault = {
  name: "instance-frozen",
  title: "SIGSTOP of one of three, for longer than its TTL",
  promise: "an instance that stands still and goes on later fails no call that can be tried again",
  rate: 200,
  work: easyWork,
  async strike(stage) {
    stage.begins("one stands still");
    await stage.victim.kill("SIGSTOP");
    await stage.pause(ttlSeconds + 3);
    await stage.victim.kill("SIGCONT");
    stage.ends("it goes on");
    await stage.pause(4);
    stage.over();
    stage.holdNoneFailed();
    stage.holdBackWithinTtl();
  },
};
