import { freePort } from "@banyan/dev";
import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";
import { ttlSeconds } from "../fleet/fleet.ts";
import { startServiceProcess } from "../fleet/service-process.ts";

export const processFrozen: Fault = {
  name: "process-frozen",
  title: "a service process stopped longer than its TTL",
  promise: "a service that was stopped longer than its TTL leaves every list, and is back on it when it goes on",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet } = stage;
    const port = await freePort();
    const instance = { id: "process", address: `127.0.0.1:${port}` };
    fleet.truth.arrive(instance);
    await using process = await startServiceProcess(stage, port, [instance]);
    stage.done("the process is announced");
    await stage.recovered();

    fleet.truth.leave(instance, ttlSeconds);
    await process.kill("SIGSTOP");
    await stage.settled();
    await stage.pause(2);

    fleet.truth.arrive(instance);
    await process.kill("SIGCONT");
    stage.done("the process goes on");
    await stage.recovered();
  },
};
