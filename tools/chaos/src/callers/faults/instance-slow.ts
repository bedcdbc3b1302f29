import { easyWork, type CallerFault } from "../caller-fault.ts";

const slower = 50;
const learnedSeconds = 5;

export const instanceSlow: CallerFault = {
  name: "instance-slow",
  title: `one of three ${slower} x slower`,
  promise: "an instance that is 50 x slower leaves p99 of all calls within 2 x of what it was, after 5 s",
  rate: 200,
  work: easyWork,
  async strike(stage) {
    await stage.victim.setWork({ ...easyWork, ms: easyWork.ms * slower });
    stage.begins("one is slower");
    await stage.pause(learnedSeconds + 10);
    await stage.victim.setWork(easyWork);
    stage.ends("it is as fast as before");
    await stage.pause(4);
    stage.over();
    stage.holdNoneFailed();
    stage.holdP99After(learnedSeconds);
  },
};
