import { describe, expect, it } from "vitest";
import { readCode } from "../code/code.ts";
import { planted } from "../testing/planted.ts";
import { checkReplicas } from "./replicas.ts";

const code = await readCode();
const folder = "k8s/user-service";

describe("checkReplicas", () => {
  it.each([
    [
      "replicas that an apply would set back",
      folder,
      "  minReadySeconds: 5",
      "  replicas: 2\n  minReadySeconds: 5",
      "replicas (the HorizontalPodAutoscaler owns them)",
    ],
    [
      "an autoscaler of something else",
      folder,
      "kind: Deployment\n    name: user-service",
      "kind: Deployment\n    name: user",
      "HorizontalPodAutoscalers: expected 1, got 0",
    ],
    [
      "an autoscaler that has no room",
      folder,
      "maxReplicas: 6",
      "maxReplicas: 1",
      "maxReplicas 1 is less than minReplicas 2",
    ],
    ["a rollout that takes pods away first", folder, "maxUnavailable: 0", "maxUnavailable: 1", "rollingUpdate"],
    ["nobody who migrates", folder, "- dist/migrate.js", "- dist/main.js", "command of the first init container"],
    [
      "a budget of something else",
      folder,
      "selector:\n    matchLabels:\n      app.kubernetes.io/name: user-service\n  unhealthy",
      "selector:\n    matchLabels:\n      app.kubernetes.io/name: user\n  unhealthy",
      "PodDisruptionBudget",
    ],
    ["a budget that lets a quorum go", "k8s/etcd", "maxUnavailable: 1", "maxUnavailable: 2", "PodDisruptionBudget"],
    [
      "several of a service in the trial",
      "k8s/overlays/dev",
      "maxReplicas: 1",
      "maxReplicas: 2",
      "min and max of the trial",
    ],
    ["several members of etcd in the trial", "k8s/overlays/dev", "replicas: 1", "replicas: 3", "replicas of the trial"],
  ])("refuses %s", async (_, folder, sound, fault, message) => {
    const violations = checkReplicas(await planted(folder, sound, fault), code);
    expect(violations).toContainEqual({
      where: expect.stringContaining(folder),
      message: expect.stringContaining(message),
    });
  });
});
