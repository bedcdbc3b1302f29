import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkProbes } from "./probes.ts";

const code = await readCode();
const folder = "k8s/order-service";

describe("checkProbes", () => {
  it.each([
    [
      "readiness of another service",
      "port: 50052\n            service: order",
      "port: 50052\n            service: user",
      "readinessProbe (health of the service)",
    ],
    [
      "liveness that asks for the database",
      "service: liveness",
      "service: order",
      "livenessProbe (health of the process)",
    ],
    [
      "a probe of another port",
      "port: 50052\n            service: liveness",
      "port: 1\n            service: liveness",
      "livenessProbe (health of the process)",
    ],
    [
      "a start that does not wait for the announcement",
      "path: /readyz",
      "path: /healthz",
      "startupProbe (until the first announcement)",
    ],
    [
      "readiness slower than the lease",
      "periodSeconds: 3",
      "periodSeconds: 30",
      "readinessProbe gives up after 60 s, and etcd after 10 s",
    ],
    [
      "liveness quicker than the lease",
      "failureThreshold: 4",
      "failureThreshold: 2",
      "livenessProbe gives up after 10 s, while etcd lists the pod for 10 s",
    ],
    [
      "a lease longer than liveness",
      "LOG_FORMAT: json",
      'LEASE_TTL_SECONDS: "60"',
      "livenessProbe gives up after 20 s, while etcd lists the pod for 60 s",
    ],
    [
      "a start that is given up before the rollout",
      "failureThreshold: 150",
      "failureThreshold: 15",
      "startupProbe gives up after 30 s, before the rollout does",
    ],
  ])("refuses %s", async (_, sound, fault, message) => {
    const violations = checkProbes(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: `${folder} Deployment/order-service`,
      message: expect.stringContaining(message),
    });
  });
});
