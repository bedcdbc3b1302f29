import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";
import { poolMetrics } from "./pool-metrics.ts";

it("tells how full a pool is, who waits, and for how long", async () => {
  const metrics = createMetrics({ service: "user" });
  const status = { name: "users", max: 10, used: 3, idle: 2, waiting: 1, served: 40, waitedMs: 2500, timeouts: 4 };
  metrics.observe(...poolMetrics({ status: () => status }));
  const lines = (await metrics.text()).split("\n").filter((line) => line.startsWith("db_client_connection_"));
  const pool = 'db_client_connection_pool_name="users"';
  expect(lines).toEqual([
    `db_client_connection_count{${pool},db_client_connection_state="used"} 3`,
    `db_client_connection_count{${pool},db_client_connection_state="idle"} 2`,
    `db_client_connection_max{${pool}} 10`,
    `db_client_connection_pending_requests{${pool}} 1`,
    `db_client_connection_timeouts_total{${pool}} 4`,
    `db_client_connection_wait_seconds_total{${pool}} 2.5`,
    `db_client_connection_requests_total{${pool}} 40`,
  ]);
});
