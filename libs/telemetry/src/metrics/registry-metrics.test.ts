import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";
import { registryMetrics } from "./registry-metrics.ts";

it("tells of announcements and lists, with a list's age where it has one", async () => {
  const metrics = createMetrics({ service: "order" });
  const status = {
    announcements: [{ key: "/services/order/order-1", state: "live" }],
    lists: [
      { service: "user", state: "live", instances: 2, ageMs: 1500 },
      { service: "inventory", state: "connecting", instances: 0 },
    ],
  };
  metrics.observe(...registryMetrics({ status: () => status }));
  const lines = (await metrics.text()).split("\n").filter((line) => line.startsWith("banyan_"));
  expect(lines).toEqual([
    'banyan_registry_announcement_state{name="order",state="live"} 1',
    'banyan_registry_list_state{name="user",state="live"} 1',
    'banyan_registry_list_state{name="inventory",state="connecting"} 1',
    'banyan_registry_list_instances{name="user"} 2',
    'banyan_registry_list_instances{name="inventory"} 0',
    'banyan_registry_list_age_seconds{name="user"} 1.5',
  ]);
});
