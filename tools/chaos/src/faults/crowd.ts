import { freePort } from "@banyan/dev";
import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { ttlSeconds } from "../fleet/fleet.ts";
import { startServiceProcess } from "../fleet/service-process.ts";

const processes = 4;
const instancesEach = 250;

export const crowd: Fault = {
  name: "crowd",
  title: "1,000 instances joining and leaving",
  promise: "1,000 instances join, half of them die and half of them leave: every list follows",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet } = stage;
    await using crowd = new AsyncDisposableStack();
    const starting = Array.from({ length: processes }, async (_, process) => {
      const port = await freePort();
      const address = `127.0.0.1:${port}`;
      const instances = Array.from({ length: instancesEach }, (_, i) => ({ id: `c${process}-${i}`, address }));
      for (const instance of instances) fleet.truth.arrive(instance);
      return crowd.use(await startServiceProcess(stage, port, instances));
    });
    const groups = await Promise.all(starting);
    stage.done("1,000 have joined");
    await stage.recovered();

    const dying = groups.slice(0, processes / 2);
    for (const group of dying) await group.kill("SIGKILL");
    for (const { instances } of dying) for (const instance of instances) fleet.truth.leave(instance, ttlSeconds);
    stage.done("half of them were killed");
    await stage.recovered();
    await stage.settled();

    const leaving = groups.slice(processes / 2);
    for (const { instances } of leaving) for (const instance of instances) fleet.truth.leave(instance, ttlSeconds);
    await Promise.all(leaving.map((group) => group[Symbol.asyncDispose]()));
    stage.done("the others have withdrawn");
    await stage.recovered();
    await stage.settled();
  },
};
