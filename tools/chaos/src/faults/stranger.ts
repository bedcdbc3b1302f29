import { InstanceTakenError } from "@banyan/registry";
import { usualBounds } from "../bounds.ts";
import { openInstanceServer } from "../callee/instance-server.ts";
import type { Fault } from "../fault.ts";
import { service, servicePrefix, ttlSeconds } from "../fleet/fleet.ts";

export const stranger: Fault = {
  name: "stranger",
  title: "a stranger under the same instance id",
  promise: "two processes with one id: the first keeps it, the second is told, and is announced when the first goes",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { fleet, world } = stage;
    const holder = await fleet.join({ name: "twin" });
    await holder.announcement.announced;

    // Whoever lists the second one now would call it in the name of the first.
    const second = await fleet.join({ name: "twin" });
    fleet.truth.hide(second);
    const refusal = await second.announcement.announced.then(
      () => new Error("a stranger took the key over"),
      (error: unknown) => error,
    );
    if (!(refusal instanceof InstanceTakenError)) throw refusal;
    stage.done("the second one was refused");
    await stage.recovered();

    fleet.truth.arrive(second);
    stage.done("the first one goes");
    await fleet.withdraw(holder);
    await stage.recovered();

    // A program that knows no manners writes over the key; ours comes back when that one's lease has run out.
    await using server = await openInstanceServer(service);
    const intruder = { id: "twin", address: server.address };
    fleet.truth.leave(second, ttlSeconds);
    fleet.truth.arrive(intruder);
    const lease = await world.operator.put(servicePrefix + intruder.id, intruder.address, 60);
    stage.done("the key was written over by hand");
    await stage.recovered();
    await stage.pause(ttlSeconds);
    fleet.truth.leave(intruder, ttlSeconds);
    fleet.truth.arrive(second);
    stage.done("the intruder goes");
    await world.operator.revoke(lease ?? "");
    await stage.recovered();
    await stage.settled();
  },
};
