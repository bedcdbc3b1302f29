import { usualBounds } from "../bounds.ts";
import type { Fault } from "../fault.ts";

export const leaseRevoked: Fault = {
  name: "lease-revoked",
  title: "lease revoked by hand",
  promise: "leases revoked by hand: their instances are announced again under new ones",
  world: "single",
  bounds: usualBounds,
  async strike(stage) {
    const { operator } = stage.world;
    const [first, ...others] = stage.fleet.announcing;
    for (const instances of [[first], others]) {
      for (const instance of instances) {
        const lease = await operator.leaseOf(instance?.announcement.key ?? "");
        await operator.revoke(lease ?? "");
      }
      stage.done(`leases revoked: ${instances.length}`);
      await stage.recovered();
    }
    await stage.settled();
  },
};
